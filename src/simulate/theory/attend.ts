import type { Crowd } from "../../attention/theory.ts";
import type { Random } from "../../core/random.ts";
import { crowdOf, drawHead } from "./draw.ts";
import type { Matches } from "./draw.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { readingsOf } from "./readings.ts";
import type { HeadTheory, Moment, TheoryUse } from "./readings.ts";

/** What the heads of one query drew together. */
export interface Drawn {
  /** mean weight of each match over heads */
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
   * Draws what the heads of a query give its matches.
   *
   * @param traced whether the query counts in what was seen
   */
  attend(
    seen: Pick<Crowd, "tokens" | "recordTokens" | "matches" | "asked">,
    moment: Moment,
    matches: Matches,
    random: Random,
    traced = true,
  ): Drawn {
    const { kvHeads, headDim } = this.#reader;
    const count = matches.distances.length;
    const weights = new Float64Array(count);
    let noise = 0;
    this.#queries += traced ? 1 : 0;
    if (traced && count > 0) this.#gold++;
    for (const head of this.#theories(seen, moment)) {
      const drawn = drawHead(head, matches, random);
      drawn.weights.forEach((weight, i) => (weights[i]! += weight / kvHeads));
      noise += drawn.noise / kvHeads;
      if (!traced) continue;
      this.#tokensRead += drawn.tokensRead / kvHeads;
      if (count === 0) continue;
      this.#recall += drawn.recall / kvHeads;
      this.#mass += drawn.weights.reduce((sum, weight) => sum + weight, 0) / kvHeads;
    }
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

  #theories(
    seen: Pick<Crowd, "tokens" | "recordTokens" | "matches" | "asked">,
    moment: Moment,
  ): readonly HeadTheory[] {
    const key = JSON.stringify([seen, moment]);
    let heads = this.#known.get(key);
    if (!heads) {
      const crowd = crowdOf(this.#reader, seen);
      heads = Array.from({ length: this.#reader.kvHeads }, (_, h) => readingsOf(this.#use, crowd, moment, h));
      this.#known.set(key, heads);
    }
    return heads;
  }
}
