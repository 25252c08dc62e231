import type { Source } from "../../core/entry.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Trial } from "../../trial/trial.ts";
import { estimate } from "../../figures/aggregate.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { groupBy } from "../../core/group.ts";
import type { TrialOptions } from "../../runs/make-trial.ts";

/** Where a number stands in a figure: a panel, a curve, a place along it. */
export interface Place {
  readonly panel: string;
  readonly series: string;
  readonly x: number | string;
}

/** A number that a source prints. */
export interface PublishedValue extends Place {
  readonly mean: number;
}

/** What our trials make of it. */
export interface OwnValue extends Place, MeanEstimate {}

/** An axis: its title, and how its numbers are spaced. A share is from 0 to 1; names stand as they come. */
export interface Axis {
  readonly title: string;
  readonly kind: "tokens" | "log" | "linear" | "share" | "names";
}

/** What our numbers say to the published ones. */
export interface Judgement {
  readonly verdict: "reproduced" | "contradicted";
  /** our numbers, as short as the published ones are quoted */
  readonly ours: string;
  /** where and why they agree or do not, from the numbers */
  readonly sentence: string;
}

/** Our values by their place. */
export type Found = (panel: string, series: string, x: number | string) => OwnValue;

/**
 * A trend that a source has published, asked of our trials: what was published, the trials, and the rule that says
 * whether they show it. One file each in experiments/published.
 */
export interface Trend {
  /** name of its folder in results/published */
  readonly name: string;
  readonly question: string;
  readonly sources: readonly Source[];
  /** what was published, in a phrase */
  readonly claim: string;
  /** what stands for what, and what could not be checked at the source; empty where there is nothing to say */
  readonly note?: string;
  /** yields the trials, in the order of the rows */
  readonly trials: (trial: (options: TrialOptions) => Trial) => Iterable<Trial>;
  /** where a row's value belongs; undefined for a row that is not drawn */
  readonly place: (row: TrialRow) => Place | undefined;
  /** a row's value; its score when absent */
  readonly value?: (row: TrialRow) => number | null;
  /** the published numbers that the figure shows; none where the source prints a sentence alone */
  readonly published: readonly PublishedValue[];
  readonly axes: { readonly x: Axis; readonly y: Axis };
  readonly judge: (found: Found) => Judgement;
}

/** Declares a trend. */
export const defineTrend = (trend: Trend): Trend => trend;

/** Means of the rows of each place with their 95% intervals, in the order of the rows. */
export function valuesOf(
  { place, value = (row) => row.score }: Trend,
  rows: readonly TrialRow[],
): OwnValue[] {
  const placed = rows.flatMap((row) => {
    const at = place(row);
    return at === undefined ? [] : [{ at, row }];
  });
  return [...groupBy(placed, ({ at: { panel, series, x } }) => JSON.stringify([panel, series, x]))].flatMap(
    ([key, cell]) => {
      const found = estimate(
        cell.map(({ row }) => row),
        value,
        key,
      );
      return found === undefined ? [] : [{ ...cell[0]!.at, ...found }];
    },
  );
}

/** What a trend's rows say. @throws Error where a value is missing that the rule needs */
export function judged(trend: Trend, rows: readonly TrialRow[]): Judgement {
  const values = valuesOf(trend, rows);
  return trend.judge((panel, series, x) => {
    const value = values.find((own) => own.panel === panel && own.series === series && own.x === x);
    if (value === undefined)
      throw new Error(`${trend.name}: no result of ${panel}, ${series} at ${x}; run it again`);
    return value;
  });
}
