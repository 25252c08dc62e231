import { readerParams } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { meanFieldScore } from "../../trial/mean-field-score.ts";
import { mean } from "../../core/stats.ts";

const { headDim, kvHeads, fidelity } = readerParams;

/** Margin of the default reader: the logit of a match in standard deviations of a random key's logit, ρ √d. */
const defaultMargin = fidelity.default * Math.sqrt(headDim.default);

/** Margins that are tried, the default last. */
export const margins = [4, 5, 6, 8, defaultMargin] as const;

/**
 * Ways to a margin of ρ √d. `dimension`: smaller heads, and more of them, so that their outputs together stay as wide and
 * keys as true. `fidelity`: keys that follow their codes less, in heads as large.
 */
export const marginWays = ["dimension", "fidelity"] as const;

export type MarginWay = (typeof marginWays)[number];

/** The reader at a margin, its sharpness not chosen yet. The dimension is the nearest integer. */
export function readerAtMargin(way: MarginWay, margin: number): Partial<ReaderParams> {
  if (way === "fidelity") return { fidelity: margin / Math.sqrt(headDim.default) };
  const d = Math.round((margin / fidelity.default) ** 2);
  return { headDim: d, kvHeads: Math.round((headDim.default * kvHeads.default) / d) };
}

/** The margin of a reader, ρ √d. */
export const marginOf = (reader: Partial<ReaderParams>): number =>
  (reader.fidelity ?? fidelity.default) * Math.sqrt(reader.headDim ?? headDim.default);

/** Lengths of the dense curves that are held, and problems at each of them. */
export interface HeldCurve {
  readonly lengths: readonly string[];
  readonly problems: number;
}

/** Seed of the problems on which sharpness is chosen. Those on which conclusions are judged have another. */
const choosingSeed = 1;

/** A sharpness, and the mean distance of dense attention's curve from the default reader's. */
export interface HeldSharpness {
  readonly sharpness: number;
  readonly distance: number;
}

/** Sharpness that is tried first, and the steps around the best one that follow, each with its reach to both sides. */
const searched = { from: 1, to: 3.5, by: 0.25 } as const;
const refined = [
  { reach: 0.4, by: 0.1 },
  { reach: 0.08, by: 0.02 },
] as const;

/**
 * Sharpness at which dense attention's curve on a task is nearest to the default reader's, by the mean absolute distance
 * of its scores over the lengths, in the mean field. Of equally near ones it is the smallest.
 */
export function sharpnessLikeDefault(
  task: string,
  { lengths, problems }: HeldCurve,
  reader: Partial<ReaderParams>,
): HeldSharpness {
  const curve = (own: Partial<ReaderParams>): number[] =>
    lengths.map(
      (tokens) =>
        meanFieldScore({ task, variant: "dense", tokens, reader: own, seed: choosingSeed }, problems).mean,
    );
  const wanted = curve({});
  const nearest = (candidates: readonly number[]): HeldSharpness =>
    candidates
      .map((sharpness) => {
        const scores = curve({ ...reader, sharpness });
        return { sharpness, distance: mean(scores.map((score, i) => Math.abs(score - wanted[i]!))) };
      })
      .reduce((best, next) => (next.distance < best.distance ? next : best));
  return refined.reduce(
    ({ sharpness }, { reach, by }) => nearest(steps(sharpness - reach, sharpness + reach, by)),
    nearest(steps(searched.from, searched.to, searched.by)),
  );
}

const steps = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) => Number((from + i * by).toFixed(4)));
