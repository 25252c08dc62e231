/** Why a file could not be opened, without the path: `ENOENT: no such file or directory`. */
export const reason = (error: unknown): string => (error as Error).message.replace(/, \w+ '.*$/, "");
