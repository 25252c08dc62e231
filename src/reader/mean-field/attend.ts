import type { Crowd } from "../../attention/mean-field/crowd.ts";
import type { Random } from "../../core/random.ts";
import type { ReaderParams } from "../params.ts";
import { drawHead } from "./draw.ts";
import type { Found } from "./draw.ts";
import { readingsOf } from "./readings.ts";
import { roundingOf } from "./rounding.ts";
import type { HeadTheory, Moment, TheoryUse } from "./readings.ts";

/** What the heads of one query drew together. */
export interface Drawn {
  /** mean weight over heads of each record found */
  readonly weights: Float64Array;
  /** variance that everything else adds to a projection on a code */
  readonly noise: number;
}

/** Means of what a walk or a count saw, as a trace of the numerics has them. */
export interface Seen {
  goldMass: number | null;
  recall: number | null;
  queries: number;
  tokensRead: number;
}

/** What a task makes of a query's crowd; the reader makes the rest. */
export type Sight = Pick<
  Crowd,
  "tokens" | "tail" | "recordTokens" | "gap" | "recordShare" | "matches" | "run" | "like" | "asking" | "asked"
>;

/** One variant at work on the queries of a problem in the mean field: what it reads of a crowd is worked out once. */
export class MeanFieldAttention {
  readonly #use: TheoryUse;
  readonly #reader: ReaderParams;
  readonly #known = new Map<string, readonly HeadTheory[]>();
  #queries = 0;
  #gold = 0;
  #mass = 0;
  #recall = 0;
  #tokensRead = 0;

  constructor(use: TheoryUse, reader: ReaderParams) {
    this.#use = use;
    this.#reader = reader;
  }

  /**
   * Draws what the heads of a query give the records it may find.
   *
   * @param traced whether the query counts in what was seen
   */
  attend(sight: Sight, moment: Moment, found: Found, random: Random, traced = true): Drawn {
    const { kvHeads, headDim } = this.#reader;
    const weights = new Float64Array(found.distances.length);
    const gold = found.gold.reduce((sum, is) => sum + (is ? 1 : 0), 0);
    let noise = 0;
    this.#queries += traced ? 1 : 0;
    if (traced && gold > 0) this.#gold++;
    for (const head of this.#theories(sight, moment)) {
      const drawn = drawHead(head, found, random);
      drawn.weights.forEach((weight, i) => (weights[i]! += weight / kvHeads));
      noise += drawn.noise / kvHeads;
      if (!traced) continue;
      this.#tokensRead += drawn.tokensRead / kvHeads;
      found.gold.forEach((is, i) => {
        if (!is) return;
        this.#recall += drawn.read[i]! / gold / kvHeads;
        this.#mass += drawn.weights[i]! / kvHeads;
      });
    }
    const rounding = roundingOf(this.#reader.kvDtype, moment);
    for (const weight of weights) noise += rounding * weight * weight;
    return { weights, noise: noise / (headDim * kvHeads) };
  }

  /** What was seen by the queries so far. */
  seen(): Seen {
    return {
      goldMass: this.#gold === 0 ? null : this.#mass / this.#gold,
      recall: this.#gold === 0 ? null : this.#recall / this.#gold,
      queries: this.#queries,
      tokensRead: this.#tokensRead / this.#queries,
    };
  }

  #theories(sight: Sight, moment: Moment): readonly HeadTheory[] {
    const key = JSON.stringify([sight, moment]);
    let heads = this.#known.get(key);
    if (!heads) {
      heads = readingsOf(this.#use, crowdOf(this.#reader, sight, moment), moment);
      this.#known.set(key, heads);
    }
    return heads;
  }
}

/** What a query of the constructed reader sees, whatever the task. */
const crowdOf = (
  { headDim, kvHeads, sharpness, fidelity, coherence, groupSize, kvDtype }: ReaderParams,
  sight: Sight,
  moment: Moment,
): Crowd => {
  // keys are longer by what rounding adds, and share less with their codes; query heads of a group have noise of their own
  const length = Math.sqrt(1 + roundingOf(kvDtype, moment));
  const alike = (groupSize > 1 ? fidelity : 1) / length;
  return {
    ...{ headDim, kvHeads, sharpness: sharpness * length },
    ...{ fidelity: fidelity * alike, coherence: coherence * alike * alike },
    ...sight,
  };
};
