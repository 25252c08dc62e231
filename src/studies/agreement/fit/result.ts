import { estimateOf } from "../../../core/stats.ts";
import type { Estimate } from "../../../core/stats.ts";
import { figuresOf } from "../compare.ts";
import type { AgreementFigures, SettingScore } from "../compare.ts";
import { redrawn } from "../intervals.ts";
import type { SeenRows } from "../reader.ts";
import type { AgreementReader } from "../simulate.ts";
import { fittedNames, fittedNumbers, fittedRows } from "./declaration.ts";
import type { FittedName } from "./declaration.ts";
import { fitLoss } from "./loss.ts";
import { bestOf } from "./search.ts";
import type { TriedPoint } from "./search.ts";

/** A fitted number with its range and its 95% interval. */
export interface FittedNumber extends Estimate {
  readonly name: FittedName;
  readonly lowest: number;
  readonly highest: number;
}

/** A reader that is fitted to measured scores. */
export interface AgreementFit {
  readonly trials: number;
  readonly rows: SeenRows;
  readonly numbers: readonly FittedNumber[];
  readonly reader: AgreementReader;
  readonly loss: number;
  /** loss of the reader as it was given */
  readonly before: number;
  readonly tried: readonly TriedPoint[];
  /** of the fitted reader on the rows that it was fitted to */
  readonly figures: AgreementFigures;
  readonly figuresBefore: AgreementFigures;
}

/** Points that were tried, with their settings, and those of the reader as it was given. */
export interface FitCourse {
  readonly tried: readonly TriedPoint[];
  /** settings of each tried point */
  readonly settings: readonly (readonly SettingScore[])[];
  readonly before: readonly SettingScore[];
}

/** Resamples of the intervals of the numbers. */
export const fitResamples = 300;

/**
 * Makes the answer of a fit. Intervals of the numbers come from drawing settings and problems again and taking the best of
 * all tried points each time: they are never narrower than the distance between points.
 */
export function fitResult(
  { tried, settings, before }: FitCourse,
  asked: Pick<AgreementFit, "trials" | "reader">,
  onResample: () => void,
): AgreementFit {
  const best = bestOf(tried);
  const drawn = redrawn(settings, { seed: "fit", resamples: fitResamples }, (lists) => {
    onResample();
    const losses = lists.map(fitLoss);
    return tried[losses.indexOf(Math.min(...losses))]!.point;
  });
  return {
    ...asked,
    rows: fittedRows,
    numbers: fittedNames.map((name) => ({
      name,
      lowest: fittedNumbers[name].low,
      highest: fittedNumbers[name].high,
      ...estimateOf(
        best.point[name],
        drawn.map((point) => point[name]),
      ),
    })),
    loss: best.loss,
    before: fitLoss(before),
    tried,
    figures: figuresOf(settings[tried.indexOf(best)]!),
    figuresBefore: figuresOf(before),
  };
}
