import { hash64 } from "../core/random.ts";
import type { FittedBudget } from "../deployment/fit-budget.ts";
import { version } from "../version.ts";

/** Stands for a numeric engine where a trial is drawn in the mean field (`--mode theory`). */
export const theoryEngine = "theory";

/** One trial: one problem, one variant, one row of results. Everything that its outcome depends on. */
export interface Trial {
  /** task spec: `graphwalks(operation=bfs)` */
  readonly task: string;
  /** nominal context tokens */
  readonly tokens: number;
  readonly seed: number;
  /** which of the problems of this seed, from 0 */
  readonly trial: number;
  /** variant spec as asked for: `dsa(k=2048)+fp8` */
  readonly variant: string;
  /** reader parameters that differ from the defaults */
  readonly reader: Readonly<Record<string, number | string>>;
  readonly engine: string;
  /** files of entries of the user's own that were loaded, by name and hash; absent where there are none */
  readonly plugins?: readonly string[];
  /** variant spec to run where a budget has decided a parameter */
  readonly fitted?: string;
  readonly budget?: FittedBudget;
}

/**
 * Stable id of a trial: a hash of everything its outcome depends on. 16 hex digits. A budget's system, model and users
 * are hashed within its text.
 */
export const trialId = (trial: Trial): string =>
  hexHash({ version, ...trial, ...hashedBudget(trial.budget) });

function hashedBudget(budget: FittedBudget | undefined): object {
  if (budget === undefined) return {};
  const { text, param, value, fits, short } = budget;
  return { budget: { text, param, value, fits, short } };
}

/** Trials with the same key share their problem and their caches: run them together. */
export const groupKey = ({ task, tokens, seed, trial, reader, engine, plugins }: Trial): string =>
  hexHash({ task, tokens, seed, trial, reader, engine, plugins });

const hexHash = (value: unknown): string =>
  hash64(canonical(value))
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("");

/** JSON with sorted keys, so that the order in which a plan was written does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
