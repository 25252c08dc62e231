import { commands } from "../commands/all.ts";
import type { Answer } from "./experiment.ts";

/** Words that a study is asked with. */
export interface StudyOptions {
  /** for the whole question */
  readonly full: readonly string[];
  /** for a part of it that takes a minute */
  readonly part: readonly string[];
}

/** Answers a question by a command of attnsim, whose options it takes. */
export const study = (command: "calibrate" | "explain", { full, part }: StudyOptions): Answer => ({
  async define(program) {
    const { load } = commands.find(({ name }) => name === command)!;
    (await load()).define(program);
  },
  words: (whole, out) => [...(whole ? full : part), "--out", out],
});
