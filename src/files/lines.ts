import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../core/errors.ts";
import { visible } from "../core/visible.ts";
import { makeFolder, reasonOf } from "./files.ts";

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
    for await (const row of rows) writeSync(draft.file, `${JSON.stringify(row)}\n`);
    draft.keep();
  } finally {
    draft.close();
  }
}

/** Opens a temporary file. `keep` renames it to `path`; `close` removes it if it was not kept. */
function openDraft(path: string): { file: number; keep: () => void; close: () => void } {
  makeFolder(dirname(path));
  const draft = `${path}.${process.pid}.tmp`;
  let file: number;
  try {
    file = openSync(draft, "w");
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
  return {
    file,
    keep: () => renameSync(draft, path),
    close() {
      closeSync(file);
      rmSync(draft, { force: true });
    },
  };
}
