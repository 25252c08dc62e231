import type { Interval, MeanEstimate } from "../../../src/core/stats.ts";
import { formatDifference, formatMean, formatShare } from "../../../src/core/units.ts";
import { directionOf } from "../../../src/studies/rules.ts";

const directions = { rises: "more than", falls: "less than", unclear: "neither more nor less than" } as const;

/** A difference of paired scores in words: `more than dense attention (+.40 [.21 .60])`. */
export const against = (difference: MeanEstimate, other: string): string =>
  `${directions[directionOf(difference)]} ${other} (${formatDifference(difference)})`;

/** Whether a number lies between the ends of an estimate. */
export const holdsValue = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

/** A score beside a number that is held against it: `.76 [.56 .95], which holds the prototype's .87`. */
export const beside = (score: MeanEstimate, value: number, of: string): string =>
  `${formatMean(score)}, which ${holdsValue(score, value) ? "holds" : "leaves out"} ${of} ${formatShare(value)}`;
