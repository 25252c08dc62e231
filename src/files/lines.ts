import { visible } from "../core/visible.ts";
import { openDraft } from "./draft.ts";

/**
 * Writes JSON lines as they come. A file appears under its name once it is whole.
 *
 * @param path of the file; undefined for standard output
 * @throws UsageError if the file cannot be written
 */
export async function writeJsonl(path: string | undefined, rows: AsyncIterable<object>): Promise<void> {
  if (path === undefined) {
    for await (const row of rows) process.stdout.write(`${visible(JSON.stringify(row))}\n`);
    return;
  }
  const draft = openDraft(path);
  try {
    for await (const row of rows) draft.write(Buffer.from(`${JSON.stringify(row)}\n`));
    draft.keep();
  } finally {
    draft.close();
  }
}
