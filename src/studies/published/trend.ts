import type { Source } from "../../core/entry.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Trial } from "../../trial/trial.ts";
import { estimate, measured, scoreMeasure } from "../../figures/aggregate.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { groupBy } from "../../core/group.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { Agreement } from "../verdict.ts";

/** Place of a number in a figure: its panel, its curve, and its x. */
export interface CurvePlace {
  readonly panel: string;
  readonly series: string;
  readonly x: number | string;
}

/** A number that a source prints. */
export interface PublishedValue extends CurvePlace {
  readonly mean: number;
}

/** The mean of our trials at a place. */
export interface OwnValue extends CurvePlace, MeanEstimate {}

/** Title and scale of an axis. A share goes from 0 to 1; names keep their order. */
export interface TrendAxis {
  readonly title: string;
  readonly kind: "tokens" | "log" | "linear" | "share" | "names";
}

/** Our numbers against the published ones. */
export interface Judgement {
  readonly verdict: Agreement;
  /** our numbers in a phrase, like the published ones */
  readonly ours: string;
  /** agreements and differences, with reasons */
  readonly sentence: string;
}

/** Our value at a place. @throws Error when there is none */
export type ValueAt = (panel: string, series: string, x: number | string) => OwnValue;

/**
 * A published trend: the finding, the trials that test it, and the rule that judges them. Each has a file in
 * experiments/published.
 */
export interface Trend {
  /** name of its folder in results/published */
  readonly name: string;
  readonly question: string;
  readonly sources: readonly Source[];
  /** the published finding, in a phrase */
  readonly claim: string;
  /** the rule that judges our numbers, in a phrase */
  readonly rule: string;
  /** limits: the meaning of our task, and parts that could not be checked at the source */
  readonly note?: string;
  /** yields the trials, in the order of the rows */
  readonly trials: (trial: (options: TrialOptions) => Trial) => Iterable<Trial>;
  /** the place of a row's value; undefined for a row that is not drawn */
  readonly place: (row: TrialRow) => CurvePlace | undefined;
  /** a row's value; default: its score */
  readonly value?: (row: TrialRow) => number | null;
  /** published numbers that the figure shows; none if the source prints only a sentence */
  readonly published: readonly PublishedValue[];
  readonly axes: { readonly x: TrendAxis; readonly y: TrendAxis };
  readonly judge: (found: ValueAt) => Judgement;
}

/** Declares a trend. */
export const defineTrend = (trend: Trend): Trend => trend;

/** Means of the rows at each place, in the order of the rows. */
export function valuesOf({ place, value }: Trend, rows: readonly TrialRow[]): OwnValue[] {
  const measure = value === undefined ? scoreMeasure : measured(value);
  const placed = rows.flatMap((row) => {
    const at = place(row);
    return at === undefined ? [] : [{ at, row }];
  });
  const cells = groupBy(placed, ({ at: { panel, series, x } }) => JSON.stringify([panel, series, x]));
  return [...cells.values()].flatMap((cell) => {
    const found = estimate(
      cell.map(({ row }) => row),
      measure,
    );
    return found === undefined ? [] : [{ ...cell[0]!.at, ...found }];
  });
}

/** Judges a trend's rows by its rule. @throws Error when the rule needs a missing value */
export function judged(trend: Trend, rows: readonly TrialRow[]): Judgement {
  const values = valuesOf(trend, rows);
  return trend.judge((panel, series, x) => {
    const value = values.find((own) => own.panel === panel && own.series === series && own.x === x);
    if (value === undefined)
      throw new Error(`${trend.name}: no result of ${panel}, ${series} at ${x}; run it again`);
    return value;
  });
}
