import { UsageError } from "../../core/errors.ts";
import { distinct, groupBy } from "../../core/group.ts";
import { estimateOverTasks } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { meanFieldRow } from "../../trial/mean-field.ts";

/** A variant's score at a length: the mean of its tasks' means. */
export interface VariantScore extends Omit<MeanEstimate, "mean"> {
  readonly variant: string;
  readonly score: number;
}

/** Scores of variants at one length. */
export interface ScoresAtLength {
  readonly tokens: number;
  readonly scores: readonly VariantScore[];
}

/** Relative difference up to which two lengths count as the same: 128K is 128,000 or 131,072 tokens. */
const sameLength = 0.05;

const isNear = (length: number, tokens: number): boolean => Math.abs(length / tokens - 1) < sameLength;

/**
 * Scores of rows at a length.
 *
 * @param tokens of the context; default: the longest length of the rows
 * @throws UsageError where no row of that length has a score
 */
export function scoresAt(rows: readonly TrialRow[], tokens: number | undefined): ScoresAtLength {
  const scored = rows.flatMap((row) => (row.score === null ? [] : [{ ...row, score: row.score }]));
  const lengths = distinct(scored.map((row) => row.tokensNominal)).sort((a, b) => a - b);
  const nearest = tokens === undefined ? lengths.at(-1) : lengths.find((length) => isNear(length, tokens));
  if (nearest === undefined)
    throw new UsageError(
      `no rows of ${tokens ?? "any"} tokens with a score; there are ${lengths.join(", ") || "none"}`,
    );
  const near = scored.filter((row) => isNear(row.tokensNominal, nearest));
  const scores = [...groupBy(near, (row) => row.variant)].map(([variant, own]) => {
    const tasks = [...groupBy(own, (row) => row.task).values()].map((task) => task.map((row) => row.score));
    const { mean: score, ...ends } = estimateOverTasks(tasks)!;
    return { variant, score, ...ends };
  });
  return { tokens: nearest, scores };
}

/** Trials of the mean field behind the scores. */
export interface MeanFieldTrials {
  readonly tasks: readonly string[];
  readonly variants: readonly string[];
  readonly tokens: number;
  readonly trials: number;
  readonly seed: number;
  /** reader parameters that differ from their defaults */
  readonly reader?: TrialOptions["reader"];
}

/** Rows drawn in the mean field. @throws UsageError for a task or a variant without a mean field */
export const meanFieldRows = ({
  tasks,
  variants,
  tokens,
  trials,
  seed,
  reader = {},
}: MeanFieldTrials): TrialRow[] =>
  tasks.flatMap((task) =>
    variants.flatMap((variant) =>
      Array.from({ length: trials }, (_, trial) =>
        meanFieldRow(makeTrial({ task, variant, tokens, trial, seed, reader, mode: "mean-field" })),
      ),
    ),
  );
