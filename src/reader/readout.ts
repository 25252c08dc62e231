import type { ReaderParams } from "./params.ts";
import type { Projections } from "./reading.ts";

/** Standard deviation of a projection's noise in the mean over T reads: sigma / sqrt(D T), D = d H. */
export const projectionNoise = ({
  residualNoise,
  headDim,
  kvHeads,
  reads,
}: Pick<ReaderParams, "residualNoise" | "headDim" | "kvHeads" | "reads">): number =>
  residualNoise / Math.sqrt(headDim * kvHeads * reads);

/** A projection below this share of the query's largest is not accepted. */
const acceptedShare = 0.4;

/** Candidates whose projections stand out of the noise of all and are not far below the largest. */
export function standingOut({ candidates, values, total, noise, othersFrom }: Projections): number[] {
  const floor = (Math.sqrt(2 * Math.log(total)) + 1) * noise;
  let least = floor;
  for (let i = 0; i < values.length; i++) least = Math.max(least, acceptedShare * values[i]!);
  const accepted: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]! >= least) accepted.push(candidates[i]!);
  if (othersFrom !== undefined) for (const candidate of othersFrom(least)) accepted.push(candidate);
  return accepted;
}

/** The candidates of the n largest projections, from the largest; of equals the earlier one first. */
export const largest = ({ candidates, values }: Projections, n: number): number[] =>
  [...values.keys()]
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, n)
    .map((i) => candidates[i]!);

/** The candidate of the largest projection, of equals the earlier one; `except` are passed over. */
export function nearest({ candidates, values }: Projections, except: readonly number[] = []): number {
  let best = -1;
  for (let i = 0; i < values.length; i++)
    if ((best < 0 || values[i]! > values[best]!) && !except.includes(candidates[i]!)) best = i;
  return candidates[best]!;
}
