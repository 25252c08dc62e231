import { unknownName } from "../../core/errors.ts";
import { commands } from "../commands/all.ts";
import type { Answer } from "./experiment.ts";

/** Words that a study is asked with. */
export interface StudyOptions {
  /** for the whole question */
  readonly full: readonly string[];
  /** for a part of it that takes a minute */
  readonly part: readonly string[];
}

/** Answers a question by a command of attnsim, whose options the experiment takes. */
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
  },
  words: (whole, out) => [...(whole ? full : part), "--out", out],
});
