import { join } from "node:path";
import { makeFolder } from "../files/files.ts";
import { claimFolder } from "./claim.ts";
import { Journal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import type { Plan } from "./plan.ts";

/** A folder of results, and whether to overwrite results of another plan and edited results in it. */
export interface PlanFolder {
  readonly out: string;
  readonly force?: boolean | undefined;
}

/**
 * Does work with the journal of a plan's folder, while no other process may write there.
 *
 * @throws UsageError for a folder that cannot be written, that another process writes or that holds other results
 */
export async function withJournal<T>(
  plan: Plan,
  { out, force }: PlanFolder,
  work: (journal: Journal) => T | Promise<T>,
): Promise<T> {
  makeFolder(out);
  const unlock = lockFolder(out);
  try {
    claimFolder(out, { name: plan.name, trials: new Set(plan.trials.map(({ id }) => id)), force });
    const journal = new Journal(join(out, "journal.jsonl"));
    try {
      return await work(journal);
    } finally {
      journal.close();
    }
  } finally {
    unlock();
  }
}
