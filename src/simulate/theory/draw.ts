import type { Crowd, SoftmaxReading } from "../../attention/theory.ts";
import type { Random } from "../../core/random.ts";
import type { HeadTheory } from "./readings.ts";

/** What all heads of a query share: where its matches lie, and how the choices that are common to heads fall. */
export interface Matches {
  /** tokens back from the query, from the nearest; their number is the crowd's */
  readonly distances: readonly number[];
  /** a uniform number for each match, which decides whether it is read where heads choose together */
  readonly chances: readonly number[];
  /** the last of them is the first token, whose key is its code without noise */
  readonly sink?: boolean;
  /** correlation of each match's key with the query's code; 1 when absent */
  readonly similarities?: readonly number[];
  /** other anchors whose keys match by this much */
  readonly half?: { readonly count: number; readonly similarity: number };
}

/** A drawn outcome of attention in one head. */
export interface DrawnHead {
  /** weight of each match */
  readonly weights: Float64Array;
  /** variance that everything else adds to each coordinate of the output */
  readonly noise: number;
  /** share of the matches read */
  readonly recall: number;
  readonly tokensRead: number;
}

/** Draws the matches of a query that lie anywhere among its tokens. */
export function drawMatches(count: number, tokens: number, random: Random): Matches {
  return {
    distances: Array.from({ length: count }, () => random.uniform() * tokens).sort((a, b) => a - b),
    chances: Array.from({ length: count }, () => random.uniform()),
  };
}

/** Draws the noise of the keys and of what is read, and with them the weights of one head's softmax or state. */
export function drawHead(
  { crowd, readings, sinkLogit }: HeadTheory,
  matches: Matches,
  random: Random,
): DrawnHead {
  const { sharpness: g, fidelity: rho, headDim, tokens } = crowd;
  const { distances, chances, sink = false, similarities } = matches;
  const count = distances.length;
  const weights = new Float64Array(count);
  const length = Math.sqrt(headDim) * (1 + random.normal() / Math.sqrt(2 * headDim));
  const logits = distances.map((_, i) => {
    const noise = random.normal();
    if (sink && i === count - 1) return g * rho * length;
    return g * (rho * length * (similarities?.[i] ?? 1) + Math.sqrt(1 - rho * rho) * noise);
  });
  const own = distances.map(() => random.uniform());
  const spread = random.normal();
  const read = new Uint8Array(count);
  let [noise, tokensRead] = [0, 0];
  for (const reading of readings) {
    if (reading.kind === "state") {
      reading.weights(distances).forEach((weight, i) => {
        weights[i]! += weight * (similarities?.[i] ?? 1);
        if (distances[i]! < reading.reach) read[i] = 1;
      });
      noise += reading.noise ** 2;
      tokensRead += Math.min(reading.reach, tokens);
      continue;
    }
    const { gate, match, first = match, shared } = reading;
    const chosen = logits.map((_, i) => {
      const isFirst = sink && i === count - 1;
      return (shared ? chances[i]! : own[i]!) < (isFirst ? first : match);
    });
    const beside = besides(crowd, matches, reading, length);
    const background = Math.max(0, reading.leak + spread * deviation(reading));
    const exps = logits.map((logit, i) => (chosen[i] ? Math.exp(logit) : 0));
    const sum =
      exps.reduce((all, e) => all + e, 0) +
      beside.sum +
      background +
      (sinkLogit === undefined ? 0 : Math.exp(sinkLogit));
    tokensRead += reading.rows + beside.rows;
    if (sum === 0) continue;
    exps.forEach((e, i) => {
      weights[i]! += (gate * e) / sum;
      if (chosen[i]) {
        read[i] = 1;
        tokensRead++;
      }
    });
    noise += (gate * gate * (reading.squares + beside.squares)) / (sum * sum);
  }
  return { weights, noise, recall: read.reduce((a, b) => a + b, 0) / count, tokensRead };
}

/** What is read of the other tokens of matching records, of half matches and of theirs: rows, sums of exp and of its square. */
function besides(
  { sharpness: g, fidelity: rho, coherence: c, recordTokens }: Crowd,
  { distances, similarities, sink = false, half }: Matches,
  { match, members }: SoftmaxReading,
  length: number,
): { rows: number; sum: number; squares: number } {
  const total = { rows: 0, sum: 0, squares: 0 };
  /** tokens whose keys share so much with the query's code */
  const add = (rows: number, share: number): void => {
    const [mean, variance] = [g * share * length, g * g * (1 - share * share)];
    total.rows += rows;
    total.sum += rows * Math.exp(mean + variance / 2);
    total.squares += rows * Math.exp(2 * mean + 2 * variance);
  };
  const others = recordTokens - 1;
  distances.forEach((_, i) => {
    if (!sink || i < distances.length - 1) add(others * members, Math.sqrt(c) * (similarities?.[i] ?? 1));
  });
  if (half) {
    add(half.count * match, rho * half.similarity);
    add(half.count * others * members, Math.sqrt(c) * half.similarity);
  }
  return total;
}

/** Standard deviation of the sum of exp(logit) over a reading's other rows. */
const deviation = ({ rows, leak, squares }: SoftmaxReading): number =>
  rows === 0 ? 0 : Math.sqrt(Math.max(0, squares - (leak * leak) / rows));

/** What a query of the constructed reader sees, whatever the task. */
export const crowdOf = (
  reader: {
    headDim: number;
    kvHeads: number;
    sharpness: number;
    fidelity: number;
    coherence: number;
    groupSize: number;
  },
  seen: Pick<Crowd, "tokens" | "recordTokens" | "matches" | "asked">,
): Crowd => ({
  headDim: reader.headDim,
  kvHeads: reader.kvHeads,
  sharpness: reader.sharpness,
  // query heads of a group have noise of their own
  fidelity: reader.fidelity * (reader.groupSize > 1 ? reader.fidelity : 1),
  coherence: reader.coherence,
  ...seen,
});
