import { performance } from "node:perf_hooks";
import { withJournal } from "../folder.ts";
import type { PlanFolder } from "../folder.ts";
import { writeResults } from "../results.ts";
import type { RunOutcome } from "../run.ts";
import { failedTrials, readAttempts } from "./attempts.ts";
import type { Attempt } from "./attempts.ts";
import type { PlannedRun } from "./plan-file.ts";
import type { RunFacts } from "../manifest.ts";

/**
 * Merges the journals of all shares into the folder's own, and writes the results of the finished trials: the files of a
 * run on one machine, its rows byte for byte.
 *
 * @throws UsageError for a folder that cannot be written, that another process writes or that holds other results
 */
export function collectShares({ plan, config }: PlannedRun, folder: PlanFolder): Promise<RunOutcome> {
  const clock = performance.now();
  return withJournal(plan, folder, (journal) => {
    const attempts = readAttempts(folder.out);
    const runs = attempts.flatMap((attempt) => {
      const fresh = [...attempt.entries.values()].filter(({ id }) => !journal.entries.has(id));
      if (fresh.length === 0) return [];
      journal.append(...fresh);
      return factsOf(attempt, fresh.length);
    });
    const rows = writeResults(folder.out, { plan, entries: journal.entries, config, runs });
    const reasons = failedTrials(attempts, journal.entries);
    return {
      rows,
      planned: plan.trials.length,
      failures: plan.trials.flatMap(({ id, trial }) => {
        const reason = reasons.get(id);
        return reason === undefined ? [] : [{ trial, reason }];
      }),
      interrupted: false,
      seconds: (performance.now() - clock) / 1000,
    };
  });
}

/** The run that an attempt was, for the manifest. @param finished number of its trials that are new */
function factsOf({ facts, seconds }: Attempt, finished: number): RunFacts[] {
  if (facts === undefined) return [];
  const { started, workers, threads, failed } = facts;
  return [{ started, seconds, workers, threads, finished, failed: failed.length }];
}
