import { writeMeasured, writeTables } from "../runs/tables.ts";
import type { Results } from "../runs/tables.ts";

/** A finished study: its answer in numbers and names, and its tables and figures. */
export interface Study<Answer> {
  readonly answer: Answer;
  readonly results: Results;
  /** paths of the figures that were written */
  readonly files: readonly string[];
}

/** Writes the tables and figures of a study into a folder, if one is given. */
export const finishStudy = async <Answer>(
  answer: Answer,
  results: Results,
  out: string | undefined,
): Promise<Study<Answer>> => ({
  answer,
  results,
  files: out === undefined ? [] : await writeTables(out, results),
});

/** Writes a study that measures this machine. No two runs have the same results. */
export const finishMeasured = async <Answer>(
  answer: Answer,
  results: Results,
  out: string,
): Promise<Study<Answer>> => ({ answer, results, files: await writeMeasured(out, results) });
