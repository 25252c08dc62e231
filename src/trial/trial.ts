import { distinct } from "../core/group.ts";
import { hash64 } from "../core/random.ts";
import type { FittedBudget } from "../deployment/fit-budget.ts";
import { version } from "../version.ts";

/** Ways to make a trial: with real text, keys and values, or drawn from the mean field of attention. */
export const modes = ["numerics", "mean-field"] as const;

export type Mode = (typeof modes)[number];

/** Everything that the outcome of a trial depends on, in either mode. */
interface TrialFields {
  /** task spec: `graphwalks(operation=bfs)` */
  readonly task: string;
  /** nominal context tokens */
  readonly tokens: number;
  readonly seed: number;
  /** number of the problem among those of this seed, from 0 */
  readonly trial: number;
  /** variant spec as asked for: `dsa(k=2048)+fp8` */
  readonly variant: string;
  /** reader parameters that differ from the defaults */
  readonly reader: Readonly<Record<string, number | string>>;
  /** name and hash of each plugin that was loaded; left out if there are none */
  readonly plugins?: readonly string[];
  /** variant spec with the parameter that a budget decided; it is run in place of `variant` */
  readonly fitted?: string;
  readonly budget?: FittedBudget;
}

export interface NumericTrial extends TrialFields {
  readonly mode: "numerics";
  readonly engine: string;
}

export interface MeanFieldTrial extends TrialFields {
  readonly mode: "mean-field";
}

/** One trial: one problem, one variant, one row of results. */
export type Trial = NumericTrial | MeanFieldTrial;

/**
 * Stable id of a trial: 16 hex digits, a hash of everything that its outcome depends on. A budget's system, model and
 * users are hashed as parts of its text. A numeric trial hashes its engine and not its mode.
 */
export function trialId({ mode, ...trial }: Trial): string {
  const drawn = mode === "mean-field" ? { mode } : {};
  return hexHash({ version, ...trial, ...drawn, ...hashedBudget(trial.budget) });
}

function hashedBudget(budget: FittedBudget | undefined): object {
  if (budget === undefined) return {};
  const { text, param, value, fits, short } = budget;
  return { budget: { text, param, value, fits, short } };
}

/** Names of the engines that numeric trials ask for. */
export const enginesOf = (trials: readonly Trial[]): string[] =>
  distinct(trials.flatMap((trial) => (trial.mode === "numerics" ? [trial.engine] : [])));

/** Key of a trial's problem and reader. Trials with the same key share caches: run them together. */
export const groupKey = ({ task, tokens, seed, trial, reader, engine, plugins }: NumericTrial): string =>
  hexHash({ task, tokens, seed, trial, reader, engine, plugins });

const hexHash = (value: unknown): string =>
  hash64(canonical(value))
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("");

/** JSON with sorted keys, so that the order in which a plan was written does not matter. */
const canonical = (value: unknown): string => JSON.stringify(withSortedKeys(value));

function withSortedKeys(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, withSortedKeys(value[name as keyof typeof value])]),
  );
}
