/** A command of a document, and the output that the document shows below it. */
export interface ShownCommand {
  readonly command: string;
  /** lines of the text block that follows; a last line `…` stands for lines left out */
  readonly shown?: readonly string[];
}

const shellBlock = /^( *)```sh\n([\s\S]*?)^\1```$(?:\n\n^\1```text\n([\s\S]*?)^\1```$)?/gm;

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

const withoutComment = (line: string): string => line.replace(/(^|\s+)#.*$/, "").trim();

/** The commands of a document's `sh` blocks, in order. A text block belongs to the last command of the block above it. */
export function commandsOf(document: string): ShownCommand[] {
  return [...document.matchAll(shellBlock)].flatMap(([, , block, output]) => {
    const commands = linesOf(block!.replaceAll(/\\\n\s*/g, ""))
      .map(withoutComment)
      .filter((line) => line !== "");
    return commands.map((command, i) =>
      output !== undefined && i === commands.length - 1 ? { command, shown: linesOf(output) } : { command },
    );
  });
}

/** The words of a command, as a shell splits them. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);

/** The start of an output that a document shows: as many lines as it showed before, `…` for the rest. */
function shownOf(output: string, before: readonly string[]): string[] {
  const lines = linesOf(output.trimEnd()).map((line) => line.trimEnd());
  if (before.at(-1) !== "…") return lines;
  return [...lines.slice(0, before.length - 1), "…"];
}

/** A document whose shown outputs are those of its commands; `outputOf` is undefined for commands that were not run. */
export const withOutputs = (document: string, outputOf: (command: string) => string | undefined): string =>
  document.replace(shellBlock, (whole, indent: string, block: string, output: string | undefined) => {
    const command = commandsOf(whole).at(-1)?.command;
    const got = command === undefined ? undefined : outputOf(command);
    if (output === undefined || got === undefined) return whole;
    const lines = shownOf(got, linesOf(output));
    return `${indent}\`\`\`sh\n${block}${indent}\`\`\`\n\n${indent}\`\`\`text\n${lines.join("\n")}\n${indent}\`\`\``;
  });

/** Files that a document gives: code blocks whose first line is a comment with a file's name. */
export const filesOf = (document: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      ...document.matchAll(/^```(?:ts|yaml|json)\n(?:\/\/|#) (\S+\.(?:ts|ya?ml|json))\n([\s\S]*?)^```$/gm),
    ].map(([, name, content]) => [name!, content!]),
  );

/** A command for `run-commands.ts`: words of attnsim, or of a script. */
export interface Asked {
  /** working folder, absolute */
  readonly folder: string;
  /** path of the script, absolute or in the folder; default: attnsim itself */
  readonly file?: string;
  readonly words: readonly string[];
}

/** The exit code and the output of a command. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
