import { estimateOverTasks } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";
import { integerColumn, numberColumn, orEmpty, textColumn } from "../core/table.ts";
import type { RowOf } from "../core/table.ts";
import type { TrialRow } from "../trial/columns.ts";
import { panelOf, seriesNamer } from "../figures/aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatLength } from "../core/length.ts";

/**
 * Least mean score at which RULER calls a length effective. It is the score of Llama2-7B at 4K tokens. Source: Hsieh et
 * al. 2024, "RULER: What's the Real Context Size of Your Long-Context Language Models?", arXiv 2404.06654, section 4.
 */
export const effectiveScore = 0.856;

/** The mean of the tasks' mean scores at a length. */
export interface LengthScore extends MeanEstimate {
  readonly tokens: number;
}

/** A variant's scores over all tasks of a run. */
export interface EffectiveLength {
  readonly series: string;
  readonly budget: string;
  readonly tasks: number;
  /** lengths at which every task was run, ascending */
  readonly lengths: readonly LengthScore[];
  /** RULER's effective length; undefined where the shortest length has too few trials for an interval */
  readonly effective: EffectiveTokens | undefined;
}

/** The longest length up to which all lengths score at least `effectiveScore`; null where the shortest does not. */
export interface EffectiveTokens {
  /** by the mean scores */
  readonly tokens: number | null;
  /** by the lower ends of their intervals, and by the upper ends */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The effective length of lengths, ascending. From the first on that has no interval, or one problem a task, they do not
 * count.
 */
function effectiveTokens(lengths: readonly LengthScore[], tasks: number): EffectiveTokens | undefined {
  const without = lengths.findIndex(({ kind, trials }) => kind === "range" || trials < 2 * tasks);
  const counted = without < 0 ? lengths : lengths.slice(0, without);
  if (counted.length === 0) return undefined;
  const longest = (score: (length: LengthScore) => number): number | null => {
    const failing = counted.findIndex((length) => score(length) < effectiveScore);
    const passing = failing < 0 ? counted : counted.slice(0, failing);
    return passing.at(-1)?.tokens ?? null;
  };
  return {
    tokens: longest((length) => length.mean),
    low: longest(({ low }) => low),
    high: longest(({ high }) => high),
  };
}

/**
 * RULER's effective length of every variant. Lengths of two tasks are the same if they have the same name: 4K is 4,000
 * tokens of Graphwalks and 4,096 tokens of other tasks. The smaller number stands for both.
 */
export function effectiveLengths(rows: readonly TrialRow[]): EffectiveLength[] {
  const seriesOf = seriesNamer(rows);
  const tasks = distinct(rows.map(panelOf)).length;
  return [...groupBy(rows, (row) => JSON.stringify([seriesOf(row), row.budget])).values()].map((own) => {
    const scored = own.filter(({ score }) => score !== null);
    const lengths = [...groupBy(scored, ({ tokensNominal }) => formatLength(tokensNominal)).values()]
      .flatMap((cell): LengthScore[] => {
        const byTask = [...groupBy(cell, panelOf).values()].map((task) => task.map(({ score }) => score!));
        const found = byTask.length === tasks ? estimateOverTasks(byTask) : undefined;
        return found === undefined
          ? []
          : [{ tokens: Math.min(...cell.map(({ tokensNominal }) => tokensNominal)), ...found }];
      })
      .sort((a, b) => a.tokens - b.tokens);
    const { budget } = own[0]!;
    return { series: seriesOf(own[0]!), budget, tasks, lengths, effective: effectiveTokens(lengths, tasks) };
  });
}

/** The columns of summary.csv: a row for each variant, setting and budget. */
export const summaryColumns = [
  textColumn("variant", "attention variant, and the settings that the run's rows differ in"),
  textColumn("budget", "the budget that the variant was fitted to; empty for none"),
  integerColumn("tasks", "tasks of the run"),
  orEmpty(integerColumn("longest", "longest length at which all of them were run", "tokens")),
  orEmpty(integerColumn("trials", "trials there, of all tasks")),
  orEmpty(numberColumn("score", "there, the mean of the tasks' mean scores")),
  orEmpty(
    numberColumn("scoreLow", "lower end of its 95% interval, or of the range where trials are too few"),
  ),
  orEmpty(numberColumn("scoreHigh", "upper end")),
  textColumn("scoreKind", "wilson or t: an interval; range: the tasks or trials are too few for one"),
  orEmpty(
    integerColumn(
      "effective",
      `RULER's effective length: the longest up to which that mean is at least ${effectiveScore} at all lengths; empty for none, and where trials are too few`,
      "tokens",
    ),
  ),
  orEmpty(integerColumn("effectiveLow", "the same by the lower ends of the means' 95% intervals", "tokens")),
  orEmpty(integerColumn("effectiveHigh", "the same by their upper ends", "tokens")),
] as const;

/** The rows of summary.csv. */
export const summaryRows = (rows: readonly TrialRow[]): RowOf<typeof summaryColumns>[] =>
  effectiveLengths(rows).map(({ series, budget, tasks, lengths, effective }) => {
    const last = lengths.at(-1);
    return {
      variant: series,
      budget,
      tasks,
      longest: last?.tokens ?? null,
      trials: last?.trials ?? null,
      score: last?.mean ?? null,
      scoreLow: last?.low ?? null,
      scoreHigh: last?.high ?? null,
      scoreKind: last?.kind ?? "",
      effective: effective?.tokens ?? null,
      effectiveLow: effective?.low ?? null,
      effectiveHigh: effective?.high ?? null,
    };
  });
