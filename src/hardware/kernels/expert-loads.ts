import { Random } from "../../core/random.ts";
import { remember } from "../../core/remember.ts";

/**
 * Loads of experts as AIConfigurator's collector draws them (helper.py, sample_power_law, commit 095f58a): independent
 * draws x with a density that falls as x^-exponent, from `low` to `high`. @param random one draw for each expert
 */
export function powerLawDraws(
  random: Random,
  experts: number,
  exponent: number,
  [low, high]: readonly [number, number],
): Float64Array {
  const power = Math.abs(1 - exponent) < 1e-9 ? 1e-9 : 1 - exponent;
  const [a, b] = [low ** power, high ** power];
  return Float64Array.from({ length: experts }, () => ((b - a) * random.uniform() + a) ** (1 / power));
}

/** Tokens of the largest pass that the collector measures (collector/cases/base_ops/moe.yaml). */
const largestPass = 16_384;

/**
 * Ratio of the hottest expert's load to the coldest one's in a pass of T tokens: .8 T, with T rounded up to a power of two,
 * as the collector draws loads of passes with more pairs than experts, T k > E. Smaller passes have the ratio of T k = E,
 * so that loads never fall as passes grow; larger ones than the collector measures have that of its largest.
 */
export const loadRange = (tokens: number, fewest: number): number =>
  Math.max(1, 0.8 * Math.min(largestPass, 2 ** Math.ceil(Math.log2(Math.max(1, fewest, tokens)))));

/** Experts of a layer, and those that a token chooses. */
interface ChosenExperts {
  readonly experts: number;
  readonly topK: number;
}

/** A power law of loads. */
interface LoadLaw {
  readonly exponent: number;
  readonly range: number;
}

/** Draws of a power law that are remembered. */
const rememberedDraws = 4096;

/**
 * Probabilities that a token chooses each expert: they add up to `topK`, and none is above 1. An exponent of 0 means equal
 * loads, as in the collector. Every number of ranks has the same ones: they are drawn once.
 *
 * @param range ratio of the hottest expert's load to the coldest one's
 * @param draw number of the draw
 */
export const popularity = remember(
  rememberedDraws,
  ({ experts, topK, exponent, range, draw }) => [experts, topK, exponent, range, draw].join(),
  ({ experts, topK, exponent, range, draw }: ChosenExperts & LoadLaw & { readonly draw: number }) => {
    if (exponent === 0) return new Float64Array(experts).fill(topK / experts);
    const random = new Random("expert load").fork(experts).fork(draw);
    const draws = powerLawDraws(random, experts, exponent, [1, range]);
    const sum = draws.reduce((total, load) => total + load, 0);
    return capped(
      draws.map((load) => (load * topK) / sum),
      1,
    );
  },
);

/** The numbers cut at `most`, with what was cut spread evenly over the others. */
function capped(values: Float64Array, most: number): Float64Array {
  const excess = values.reduce((sum, value) => sum + Math.max(0, value - most), 0);
  if (excess < 1e-12) return values;
  const below = values.filter((value) => value < most).length;
  return capped(
    values.map((value) => (value < most ? value + excess / below : most)),
    most,
  );
}
