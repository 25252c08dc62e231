import { theoryRow } from "../trial/run.ts";
import { theoryEngine } from "../trial/trial.ts";
import { estimate } from "../figures/aggregate.ts";
import type { MeanEstimate } from "../core/stats.ts";
import { makeTrial } from "./make-trial.ts";
import type { TrialOptions } from "./make-trial.ts";

/** Mean score of so many problems in the mean field, with its 95% interval. @throws UsageError where there is no theory */
export function theoryScore(options: Omit<TrialOptions, "trial" | "engine">, problems: number): MeanEstimate {
  const rows = Array.from({ length: problems }, (_, trial) =>
    theoryRow(makeTrial({ ...options, trial, engine: theoryEngine })),
  );
  return estimate(rows, (row) => row.score, JSON.stringify(options))!;
}
