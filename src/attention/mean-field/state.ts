import { forgotten } from "../parts/recurrent.ts";
import type { Crowd } from "./crowd.ts";
import type { FixedRead } from "./reads.ts";

/** How a state forgets, and how it is written to. */
interface StateRule {
  /** of a write */
  readonly strength: number;
  /** whether writes take the place of what lies there */
  readonly replaces: boolean;
  /** rates at which channels decay, a token: all alike, or a sample of them */
  readonly rates: readonly number[];
}

/** Steps in which the tokens before a query are summed: equal in the logarithm of the distance, and parts of d / strength. */
const [steps, parts] = [128, 8];

/**
 * A state that is written to by unit keys k: a write of strength b at t has the weight b k_t . r, r what later writes and
 * decay have left of the query. Where writes replace, a random one takes the part b / d of what lies in any direction, one
 * with the same key b rho^2 of it, another token of a record b c. Of the squared length of r it takes 2 b / d where that
 * lies, and scatters b^2 / d over all channels.
 */
export function readsState(
  { headDim: d, fidelity: rho, coherence: c, recordTokens, tokens }: Crowd,
  { strength: b, replaces, rates }: StateRule,
): FixedRead {
  const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
  const lost = replaces ? b / d : 0;
  const left = (t: number): number => mean(rates.map((rate) => Math.exp(-(rate + lost) * t)));
  const repeated = replaces ? (1 - b * rho * rho) * (1 - b * c) ** (recordTokens - 1) : 1;
  const scattered = replaces ? (b * b) / d : 0;
  let squares = rates.map(() => 1);
  let [noise, reach, all, falling] = [(b * b) / d, 0, 1, 0];
  const ratio = Math.max(1, tokens) ** (1 / steps);
  for (let [at, step] = [0, 1]; at < tokens; at += step) {
    step = Math.min(
      Math.max(1, (ratio - 1) * at),
      replaces ? Math.max(1, d / b / parts) : Infinity,
      tokens - at,
    );
    // what is scattered meanwhile is there at once, and as much of it as there is half way
    const source = scattered * all * Math.exp((-falling * step) / 2);
    squares = squares.map((square, i) => {
      const rate = 2 * (rates[i]! + lost);
      const kept = Math.exp(-rate * step);
      return square * kept + (rate > 0 ? (source * (1 - kept)) / rate : 0);
    });
    const square = mean(squares);
    falling = Math.log(all / square) / step;
    noise += (step * b * b * (all + square)) / 2 / d;
    all = square;
    if (square < forgotten ** 2) break;
    reach = at + step;
  }
  return {
    kind: "fixed",
    weights: (found) => found.map(({ distance }, place) => b * rho * left(distance) * repeated ** place),
    noise: Math.sqrt(noise),
    reach,
  };
}
