import { estimateMean } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
import { meanFieldRow } from "../trial/mean-field.ts";
import { makeTrial } from "../trial/make-trial.ts";
import type { TrialOptions } from "../trial/make-trial.ts";

/**
 * Mean score over `problems` problems in the mean field, with its 95% interval.
 *
 * @throws UsageError if there is no mean field of the task or of the variant
 */
export function meanFieldScore(
  options: Omit<TrialOptions, "trial" | "mode" | "engine">,
  problems: number,
): MeanEstimate {
  const scores = Array.from(
    { length: problems },
    (_, trial) => meanFieldRow(makeTrial({ ...options, trial, mode: "mean-field" })).score,
  );
  return estimateMean(
    scores.filter((score) => score !== null),
    JSON.stringify(options),
  )!;
}
