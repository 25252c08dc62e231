import { unknownName } from "../../core/errors.ts";
import { writeParquet } from "../../runs/parquet.ts";
import { commands } from "../commands/all.ts";
import { parquetOption } from "../options/results.ts";
import type { ResultOptions } from "../options/results.ts";
import type { Answer } from "./experiment.ts";

/** Command-line words of a study. */
export interface StudyOptions {
  /** for the whole question */
  readonly full: readonly string[];
  /** for a part that takes a minute */
  readonly part: readonly string[];
}

/** Answers a question with a command of attnsim. The experiment has the options of the command. */
export const study = (command: string, { full, part }: StudyOptions): Answer => ({
  async define(program) {
    const files = commands.filter((each) => "load" in each);
    const file =
      files.find(({ name }) => name === command) ??
      unknownName(
        "command",
        command,
        files.map(({ name }) => name),
      );
    (await file.load()).default(program);
    program.option(...parquetOption).hook("postAction", () => {
      const { out, parquet, dryRun } = program.opts() as ResultOptions;
      if (parquet && !dryRun && out !== undefined) writeParquet(out);
    });
  },
  words: (whole, out) => [...(whole ? full : part), "--out", out],
});
