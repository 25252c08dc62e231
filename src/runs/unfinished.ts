import type { TrialRow } from "../trial/columns.ts";
import { describeTrial } from "./describe-trial.ts";
import type { RunOutcome } from "./run.ts";

/** Error of a run that was interrupted or in which trials failed. Finished trials are kept. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  readonly interrupted: boolean;
  /** each failed trial and its reason */
  readonly failed: readonly string[];

  constructor({ rows, planned, failures, interrupted }: RunOutcome) {
    super(
      interrupted
        ? `interrupted: ${rows.length} of ${planned} trials are kept; run the same again to resume`
        : `${planned - rows.length} of ${planned} trials have no result; run or submit again to try only those`,
    );
    this.interrupted = interrupted;
    this.failed = failures.map(({ trial, reason }) => `${describeTrial(trial)}: ${reason}`);
  }
}

/** The rows of a finished run. @throws Unfinished if a trial has no row */
export function finishedRows(outcome: RunOutcome): readonly TrialRow[] {
  if (outcome.interrupted || outcome.failures.length > 0 || outcome.rows.length < outcome.planned)
    throw new Unfinished(outcome);
  return outcome.rows;
}
