import type { Random } from "../../../core/random.ts";
import { fittedNames, fittedNumbers } from "./declaration.ts";
import type { FittedName, FittedPoint } from "./declaration.ts";

/** A point with its loss. */
export interface TriedPoint {
  readonly point: FittedPoint;
  readonly loss: number;
}

export interface SearchSize {
  /** points drawn at first */
  readonly candidates: number;
  /** steps from the best point, or of half the length where no step is better */
  readonly rounds: number;
}

/** Start of a search. */
export interface SearchStart {
  /** values of the numbers in the reader as it was given */
  readonly start: FittedPoint;
  readonly random: Random;
}

/** Length of the first steps, as a share of a number's range. */
const firstStep = 0.25;

/**
 * Finds the point of least loss: the given point and others drawn over the ranges first, then rounds of a pattern search around
 * the best one.
 * A round tries one step of each number up and down at once, so that its trials run side by side, and then all steps that
 * were better together. Where nothing was better the next steps are half as long.
 *
 * @param lossesAt losses of points
 * @param start values that the reader has; those beyond a range are moved to its end
 * @returns all tried points in their order
 */
export async function searchPoints(
  lossesAt: (points: readonly FittedPoint[]) => Promise<readonly number[]>,
  { candidates, rounds, start, random }: SearchSize & SearchStart,
): Promise<readonly TriedPoint[]> {
  const tried: TriedPoint[] = [];
  const tryAll = async (points: readonly FittedPoint[]): Promise<readonly TriedPoint[]> => {
    const losses = await lossesAt(points);
    const found = points.map((point, i) => ({ point, loss: losses[i]! }));
    tried.push(...found);
    return found;
  };
  const drawn = Array.from({ length: candidates }, () => pointOf(() => random.uniform()));
  await tryAll([pointOf((name) => placeIn(name, start[name])), ...drawn]);
  let step = firstStep;
  for (let round = 0; round < rounds; round++) {
    const best = bestOf(tried);
    const steps = fittedNames.flatMap((name) => [
      moved(best.point, name, step),
      moved(best.point, name, -step),
    ]);
    const found = await tryAll(steps);
    const better = fittedNames.flatMap((name, i) => {
      const [up, down] = [found[2 * i]!, found[2 * i + 1]!];
      const chosen = up.loss < down.loss ? up : down;
      return chosen.loss < best.loss ? [[name, chosen.point[name]] as const] : [];
    });
    if (better.length > 1) await tryAll([{ ...best.point, ...Object.fromEntries(better) }]);
    if (better.length === 0) step /= 2;
  }
  return tried;
}

/** The point of least loss; of equal ones the first. */
export const bestOf = (tried: readonly TriedPoint[]): TriedPoint =>
  tried.reduce((best, each) => (each.loss < best.loss ? each : best));

/** A point by the place of each number in its range, 0 to 1, with three digits. */
const pointOf = (placeOf: (name: FittedName) => number): FittedPoint =>
  Object.fromEntries(
    fittedNames.map((name) => {
      const { low, high } = fittedNumbers[name];
      const place = Math.min(1, Math.max(0, placeOf(name)));
      return [name, Number((low + place * (high - low)).toPrecision(3))];
    }),
  ) as FittedPoint;

const placeIn = (name: FittedName, value: number): number => {
  const { low, high } = fittedNumbers[name];
  return (value - low) / (high - low);
};

const moved = (point: FittedPoint, moving: FittedName, by: number): FittedPoint =>
  pointOf((name) => placeIn(name, point[name]) + (name === moving ? by : 0));
