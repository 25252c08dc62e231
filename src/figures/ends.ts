import { fewestForInterval } from "../core/stats.ts";
import type { MeanEstimate } from "../core/stats.ts";

/** An estimate whose ends a figure draws. */
export type EndedPoint = Pick<MeanEstimate, "kind" | "trials">;

/** Trials of a figure's points: `n=20`, `n=5 to 20`. */
export function trialsText(points: readonly EndedPoint[]): string {
  const trials = points.map((point) => point.trials);
  const [fewest, most] = [Math.min(...trials), Math.max(...trials)];
  return `n=${fewest === most ? most : `${fewest} to ${most}`}`;
}

/**
 * The meaning of the points' ends, and their trials: `95% interval, n=20`.
 *
 * @param mark of the ranges of too few trials, beside intervals
 */
export function endsText(points: readonly EndedPoint[], mark = "dashed"): string {
  const ranges = points.filter(({ kind }) => kind === "range").length;
  const range = `range of fewer than ${fewestForInterval} trials`;
  const ends =
    ranges === 0 ? "95% interval" : ranges === points.length ? range : `95% interval (${mark}: ${range})`;
  return points.length === 0 ? ends : `${ends}, ${trialsText(points)}`;
}

/** Encoding of a rule between two ends: dashed for a range, which is no interval. */
export const rangeDash = { condition: { test: "datum.kind === 'range'", value: [3, 3] }, value: [1, 0] };
