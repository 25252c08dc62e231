import { UsageError } from "../core/errors.ts";
import { estimateScore } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
import { makeTrial } from "./make-trial.ts";
import type { TrialOptions } from "./make-trial.ts";
import { meanFieldRow } from "./mean-field.ts";

/**
 * Mean score of the first `problems` problems of a seed in the mean field, with its 95% interval.
 *
 * @throws UsageError if the task or the variant has no mean field, if the variant does not fit its budget, and for no
 *   problems
 */
export function meanFieldScore(
  options: Omit<TrialOptions, "trial" | "mode" | "engine">,
  problems: number,
): MeanEstimate {
  if (!Number.isSafeInteger(problems) || problems < 1)
    throw new UsageError(`problems must be an integer >= 1; got ${problems}`);
  const scores = Array.from({ length: problems }, (_, trial) => {
    const { score, short } = meanFieldRow(makeTrial({ ...options, trial, mode: "mean-field" }));
    if (score === null) throw new UsageError(`${options.variant} does not fit its budget: ${short}`);
    return score;
  });
  return estimateScore(scores)!;
}
