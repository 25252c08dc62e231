import { upperQuantile, upperTail } from "../../core/normal.ts";
import type { Random } from "../../core/random.ts";

/** Keys of normal logits, of which a read takes some. */
export interface NormalKeys {
  /** number of keys; their expected number where it is not whole */
  readonly keys: number;
  /** mean and standard deviation of a key's logit */
  readonly mean: number;
  readonly deviation: number;
  /** probability that a key is read, by its logit in standard deviations from the mean; default: 1 */
  readonly read?: ((z: number) => number) | undefined;
  /** probability by which a key's exponential is divided, by the same; default: 1 */
  readonly odds?: ((z: number) => number) | undefined;
}

/** Sums over keys that are read. */
export interface KeySums {
  /** of exp(logit) */
  readonly sum: number;
  /** of exp(2 logit) */
  readonly squares: number;
}

/** Largest keys that are drawn one by one. */
const drawnKeys = 32;

const exponentialAt = ({ mean, deviation, odds }: NormalKeys, z: number): number =>
  Math.exp(mean + deviation * z) / (odds?.(z) ?? 1);

/**
 * Draws the sums of exp(logit) and of exp(2 logit) over keys together. The 32 largest keys are drawn one by one, from the
 * largest down. The keys below them have their expected sums, with the normal noise of these. They are smaller than those
 * drawn, so that the sum of squares is at most the largest exponential times the sum, as it is for any numbers.
 */
export const drawKeySums = (keys: NormalKeys, random: Random): KeySums =>
  keys.read === undefined ? drawnOfAll(keys, random) : drawnOfChosen(keys, random);

function drawnOfAll(keys: NormalKeys, random: Random): KeySums {
  const whole = Math.floor(keys.keys);
  const count = whole + (whole < keys.keys && random.uniform() < keys.keys - whole ? 1 : 0);
  const drawn = new DrawnKeys(keys);
  if (count <= drawnKeys) {
    for (let i = 0; i < count; i++) drawn.add(random.normal());
    return drawn;
  }
  // the part of all normal numbers below the largest of n that are left is U^(1/n) of the part below the one before
  let [below, cut] = [1, Infinity];
  for (let i = 0; i < drawnKeys; i++) {
    below *= (1 - random.uniform()) ** (1 / (count - i));
    cut = upperQuantile(1 - below);
    drawn.add(cut);
  }
  const { mean, deviation } = keys;
  const momentOf = (power: number): number => {
    const tilt = power * deviation;
    return (Math.exp(power * mean + (tilt * tilt) / 2) * upperTail(tilt - cut)) / below;
  };
  const left = count - drawnKeys;
  drawn.addRest({ count: left, sum: left * momentOf(1), squares: left * momentOf(2) }, random);
  return drawn;
}

/** Cells of a key's logit, in standard deviations, from the largest down. */
const [reach, step] = [8, 1 / 16];
const cells = (2 * reach) / step;

/** Draws the keys of a choice by their logits as the first arrivals of a Poisson process. */
function drawnOfChosen(keys: NormalKeys, random: Random): KeySums {
  const drawn = new DrawnKeys(keys);
  const middleOf = (cell: number): number => reach - (cell + 0.5) * step;
  const each = (keys.keys * step) / Math.sqrt(2 * Math.PI);
  const counts = Float64Array.from({ length: cells }, (_, cell) => {
    const z = middleOf(cell);
    return each * Math.exp((-z * z) / 2) * keys.read!(z);
  });
  let [cell, above, arrived] = [0, 0, 0];
  for (let i = 0; i < drawnKeys; i++) {
    arrived -= Math.log(1 - random.uniform());
    while (cell < cells && above + counts[cell]! < arrived) above += counts[cell++]!;
    if (cell === cells) return drawn;
    drawn.add(reach - (cell + (arrived - above) / counts[cell]!) * step);
  }
  // the cell of the last key drawn holds others below it
  counts[cell]! -= arrived - above;
  const rest = { count: 0, sum: 0, squares: 0 };
  for (; cell < cells; cell++) {
    const count = counts[cell]!;
    if (count === 0) continue;
    const e = exponentialAt(keys, middleOf(cell));
    rest.count += count;
    rest.sum += count * e;
    rest.squares += count * e * e;
  }
  drawn.addRest(rest, random);
  return drawn;
}

/** Sums that grow by keys drawn, from the largest down. */
class DrawnKeys {
  sum = 0;
  squares = 0;
  readonly #keys: NormalKeys;
  #largest = 0;

  constructor(keys: NormalKeys) {
    this.#keys = keys;
  }

  add(z: number): void {
    const e = exponentialAt(this.#keys, z);
    this.sum += e;
    this.squares += e * e;
    this.#largest = Math.max(this.#largest, e);
  }

  /** Adds the keys below those drawn by their expected sums, and the noise of these. */
  addRest(
    { count, sum, squares }: { readonly count: number; readonly sum: number; readonly squares: number },
    random: Random,
  ): void {
    if (sum === 0) return;
    const deviation = Math.sqrt(Math.max(0, squares - (sum * sum) / count));
    const drawn = Math.max(0, sum + deviation * random.normal());
    this.sum += drawn;
    // no key of the rest weighs more than the largest drawn: this holds for smooth sums, and binds the sums of cells
    this.squares += Math.min(squares / sum, this.#largest) * drawn;
  }
}
