import { mean } from "../core/stats.ts";
import type { Column, TrialRow } from "../trial/columns.ts";
import { curves, number, panelOf, seriesNamer } from "../figures/aggregate.ts";
import { distinct, groupBy } from "../core/group.ts";
import { formatLength } from "../core/length.ts";

/**
 * The mean score from which RULER calls a length effective: Llama2-7B's at 4K. Hsieh et al. 2024, "RULER: What's the Real
 * Context Size of Your Long-Context Language Models?", arXiv 2404.06654, section 4.
 */
export const effectiveScore = 0.856;

/** A variant's scores over all tasks of a run. */
export interface EffectiveLength {
  readonly series: string;
  readonly budget: string;
  readonly tasks: number;
  /** lengths at which every task was run, ascending, and the mean of the tasks' mean scores */
  readonly lengths: readonly { readonly tokens: number; readonly score: number }[];
  /** the longest of them whose mean score is at least `effectiveScore` */
  readonly effective: number | undefined;
}

/**
 * RULER's effective length of every variant. A length of one task is another's when it is called the same: 4K is 4,000
 * tokens of Graphwalks, 4,096 of others, and counts as the smaller.
 */
export function effectiveLengths(rows: readonly TrialRow[]): EffectiveLength[] {
  const seriesOf = seriesNamer(rows);
  const tasks = distinct(rows.map(panelOf)).length;
  const budgetOf = (row: TrialRow): string => String(row["budget"] ?? "");
  return [...groupBy(rows, (row) => JSON.stringify([seriesOf(row), budgetOf(row)])).values()].map((own) => {
    const points = curves(own, (row) => number(row, "score"), rows);
    const lengths = [...groupBy(points, ({ tokens }) => formatLength(tokens)).values()]
      .filter((cell) => cell.length === tasks)
      .map((cell) => ({
        tokens: Math.min(...cell.map(({ tokens }) => tokens)),
        score: mean(cell.map((point) => point.mean)),
      }))
      .sort((a, b) => a.tokens - b.tokens);
    return {
      series: seriesOf(own[0]!),
      budget: budgetOf(own[0]!),
      tasks,
      lengths,
      effective: lengths.findLast(({ score }) => score >= effectiveScore)?.tokens,
    };
  });
}

/** The columns of summary.csv: a row for each variant, setting and budget. */
export const summaryColumns: readonly Column[] = [
  {
    name: "variant",
    type: "string",
    doc: "attention variant, and the settings that the run's rows differ in",
  },
  { name: "budget", type: "string", doc: "the budget that the variant was fitted to; empty for none" },
  { name: "tasks", type: "integer", doc: "tasks of the run" },
  { name: "longest", type: "integer", doc: "longest length at which all of them were run", unit: "tokens" },
  { name: "score", type: "number", doc: "there, the mean of the tasks' mean scores" },
  {
    name: "effective",
    type: "integer",
    doc: `RULER's effective length: the longest at which that mean is at least ${effectiveScore}; empty for none`,
    unit: "tokens",
  },
];

/** The rows of summary.csv. */
export const summaryRows = (rows: readonly TrialRow[]): TrialRow[] =>
  effectiveLengths(rows).map(({ series, budget, tasks, lengths, effective }) => ({
    variant: series,
    budget,
    tasks,
    longest: lengths.at(-1)?.tokens ?? null,
    score: lengths.at(-1)?.score ?? null,
    effective: effective ?? null,
  }));
