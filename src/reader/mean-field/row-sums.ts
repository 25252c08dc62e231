import type { SoftmaxRead } from "../../attention/mean-field/reads.ts";
import type { Random } from "../../core/random.ts";
import type { TokensBesides } from "./besides.ts";
import { drawKeySums } from "./key-sums.ts";
import type { KeySums, NormalKeys } from "./key-sums.ts";

/** Sums over the rows of a read besides the records found. */
export interface RowSums {
  /** of exp(logit) over random rows */
  readonly background: number;
  /** of exp(logit) over other tokens of records */
  readonly others: number;
  /** of exp(2 logit) over all of them */
  readonly squares: number;
}

/** Variance of a sum of exponentials, as a share of its square, above which few keys decide it. */
const ofFewKeys = 0.01;

/** Whether few keys decide the sum of a read. @param sure sum of exponentials of the records found and the sink */
export const fewDecide = (read: SoftmaxRead, besides: TokensBesides, sure: number): boolean =>
  read.squares + besides.squares > ofFewKeys * (read.leak + besides.sum + sure) ** 2;

/** Sums that many keys make up: normal ones, with the expected squares. @param draws the normal number of the spread */
export function expectedSums(
  read: SoftmaxRead,
  besides: TokensBesides,
  draws: { spread(): number },
): RowSums {
  const deviation = deviationOf(read);
  return {
    background: Math.max(0, read.leak + (deviation === 0 ? 0 : draws.spread() * deviation)),
    others: besides.sum,
    squares: read.squares + besides.squares,
  };
}

/** Sums that few keys decide: the largest are drawn, for all sums together. @param g sharpness */
export function drawSums(
  read: SoftmaxRead,
  groups: readonly NormalKeys[],
  g: number,
  random: Random,
): RowSums {
  const drawn = (keys: readonly NormalKeys[]): KeySums =>
    keys
      .map((own) => drawKeySums(own, random))
      .reduce((a, b) => ({ sum: a.sum + b.sum, squares: a.squares + b.squares }), { sum: 0, squares: 0 });
  const background = drawn(
    read.random.map(({ keys, read: chance }) => ({
      keys,
      mean: 0,
      deviation: g,
      read: chance,
      odds: read.weighed ? chance : undefined,
    })),
  );
  const others = drawn(groups);
  return {
    background: background.sum,
    others: others.sum,
    squares: background.squares + others.squares,
  };
}

/** Standard deviation of the sum of exp(logit) over a read's random rows. */
const deviationOf = ({ rows, leak, squares }: SoftmaxRead): number =>
  rows === 0 ? 0 : Math.sqrt(Math.max(0, squares - (leak * leak) / rows));
