import { readMeanField } from "../reader/mean-field/read.ts";
import type { TrialRow } from "./columns.ts";
import { makeRow } from "./row.ts";
import { settle, streamsOf, useOfSettled } from "./settle.ts";
import type { MeanFieldTrial } from "./trial.ts";

/**
 * Draws a trial in the mean field, without text, keys or values.
 *
 * @throws UsageError if there is no mean field of the task or of the variant
 */
export function meanFieldRow(trial: MeanFieldTrial): TrialRow {
  const settled = settle(trial);
  const problem = { task: trial.task, tokens: trial.tokens, seed: streamsOf(trial) };
  const { tokens, score, exact, seen } = readMeanField(problem, useOfSettled(settled), settled.reader);
  if (trial.budget?.fits === false) return makeRow(settled, { tokens });
  return makeRow(settled, { tokens, graded: { score, exact }, seen });
}
