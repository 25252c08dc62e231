import { mean } from "../core/stats.ts";
import { integerColumn, numberColumn, orEmpty, textColumn } from "../core/table.ts";
import type { RowOf } from "../core/table.ts";
import type { TrialRow } from "../trial/columns.ts";
import { curves, panelOf, seriesNamer } from "../figures/aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatLength } from "../core/length.ts";

/**
 * Least mean score at which RULER calls a length effective. It is the score of Llama2-7B at 4K tokens. Source: Hsieh et
 * al. 2024, "RULER: What's the Real Context Size of Your Long-Context Language Models?", arXiv 2404.06654, section 4.
 */
export const effectiveScore = 0.856;

/** A variant's scores over all tasks of a run. */
export interface EffectiveLength {
  readonly series: string;
  readonly budget: string;
  readonly tasks: number;
  /** lengths at which every task was run, ascending, each with the mean of the tasks' mean scores */
  readonly lengths: readonly { readonly tokens: number; readonly score: number }[];
  /** longest of these lengths whose mean score is at least `effectiveScore` */
  readonly effective: number | undefined;
}

/**
 * RULER's effective length of every variant. Lengths of two tasks are the same if they have the same name: 4K is 4,000
 * tokens of Graphwalks and 4,096 tokens of other tasks. The smaller number stands for both.
 */
export function effectiveLengths(rows: readonly TrialRow[]): EffectiveLength[] {
  const seriesOf = seriesNamer(rows);
  const tasks = distinct(rows.map(panelOf)).length;
  return [...groupBy(rows, (row) => JSON.stringify([seriesOf(row), row.budget])).values()].map((own) => {
    const points = curves(own, (row) => row.score, rows);
    const lengths = [...groupBy(points, ({ tokens }) => formatLength(tokens)).values()]
      .filter((cell) => cell.length === tasks)
      .map((cell) => ({
        tokens: Math.min(...cell.map(({ tokens }) => tokens)),
        score: mean(cell.map((point) => point.mean)),
      }))
      .sort((a, b) => a.tokens - b.tokens);
    return {
      series: seriesOf(own[0]!),
      budget: own[0]!.budget,
      tasks,
      lengths,
      effective: lengths.findLast(({ score }) => score >= effectiveScore)?.tokens,
    };
  });
}

/** The columns of summary.csv: a row for each variant, setting and budget. */
export const summaryColumns = [
  textColumn("variant", "attention variant, and the settings that the run's rows differ in"),
  textColumn("budget", "the budget that the variant was fitted to; empty for none"),
  integerColumn("tasks", "tasks of the run"),
  orEmpty(integerColumn("longest", "longest length at which all of them were run", "tokens")),
  orEmpty(numberColumn("score", "there, the mean of the tasks' mean scores")),
  orEmpty(
    integerColumn(
      "effective",
      `RULER's effective length: the longest at which that mean is at least ${effectiveScore}; empty for none`,
      "tokens",
    ),
  ),
] as const;

/** The rows of summary.csv. */
export const summaryRows = (rows: readonly TrialRow[]): RowOf<typeof summaryColumns>[] =>
  effectiveLengths(rows).map(({ series, budget, tasks, lengths, effective }) => ({
    variant: series,
    budget,
    tasks,
    longest: lengths.at(-1)?.tokens ?? null,
    score: lengths.at(-1)?.score ?? null,
    effective: effective ?? null,
  }));
