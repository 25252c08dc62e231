import type { Estimate } from "../../core/stats.ts";

/** A share in points: `12.5`. */
export const formatPoints = (share: number): string => (100 * share).toFixed(1);

/** A share in points with its interval: `12.5 [11.0 14.1]`. */
export const pointsWithInterval = ({ value, low, high }: Estimate): string =>
  `${formatPoints(value)} [${formatPoints(low)} ${formatPoints(high)}]`;
