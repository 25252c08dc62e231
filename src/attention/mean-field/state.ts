import { forgotten } from "../../engines/state.ts";
import type { Crowd } from "./crowd.ts";
import type { FixedRead } from "./reads.ts";

/** Forgetting of a state, and writes to it. */
interface StateRule {
  /** strength of a write */
  readonly strength: number;
  /** whether writes replace the values that they find */
  readonly replaces: boolean;
  /** rates at which channels decay, per token: one for all channels, or a sample of channels */
  readonly rates: readonly number[];
}

/**
 * Number of steps over the tokens before a query, equal in the logarithm of the distance; parts of d / strength a step.
 */
const [steps, parts] = [128, 8];

/**
 * A read of a state that unit keys k write to. A write of strength b at t has the weight b k_t . r, where r is the part
 * of the query that later writes and decay have left. If writes replace, a random write takes the part b / d of the
 * state in any direction; a write with the same key takes b rho^2 of it, and another token of a record b c. Of the
 * squared length of r a random write takes 2 b / d and scatters b^2 / d over all channels.
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
    // the amount scattered during the step is taken at half way, and at once
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
