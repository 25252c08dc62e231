import { resolve } from "node:path";
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { requireWritableFile, requireWritableFolder } from "../../files/files.ts";
import { formatOf } from "../../runs/write-figure.ts";

/** Options that name what a command writes: a file or a folder, as their flags say. */
const outputs: readonly string[] = ["--out", "--csv", "--figure", "--build", "--cells"];

/** Commands whose --out is read alone. */
const readers: readonly string[] = ["status"];

/**
 * Checks before a command works that its files and folders can be written, that figures have endings which can be drawn,
 * and that no two files are one. With --dry-run nothing is written, and nothing checked.
 */
export function withWritableOutputs(command: CommandUnknownOpts): void {
  if (readers.includes(command.name())) return;
  const options = command.options.filter(
    ({ long, flags }) => outputs.includes(long ?? "") && /<(file|path|folder)>/.test(flags),
  );
  if (options.length === 0) return;
  command.hook("preAction", () => {
    if (command.getOptionValue("dryRun") === true) return;
    const files = new Map<string, string>();
    for (const option of options) {
      const path = pathOf(command, option);
      if (path === undefined) continue;
      const flag = option.long!;
      if (option.flags.includes("<folder>")) {
        requireWritableFolder(path);
        continue;
      }
      if (flag === "--figure") formatOf(flag, path);
      requireWritableFile(path);
      const other = files.get(resolve(path));
      if (other !== undefined) throw new UsageError(`${other} and ${flag} name the same file: ${path}`);
      files.set(resolve(path), flag);
    }
  });
}

/** The path that an option was given, or the default of --out: other defaults are not always written. */
function pathOf(command: CommandUnknownOpts, option: Option): string | undefined {
  const name = option.attributeName();
  if (option.long !== "--out" && command.getOptionValueSource(name) === "default") return undefined;
  return command.getOptionValue(name) as string | undefined;
}
