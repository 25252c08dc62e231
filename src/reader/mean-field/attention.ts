import type { VariantUse } from "../../attention/variant.ts";
import type { Crowd } from "../../attention/mean-field/crowd.ts";
import type { Random } from "../../core/random.ts";
import type { ReaderParams } from "../params.ts";
import type { Seen } from "../reading.ts";
import { drawHead } from "./draw-head.ts";
import type { FoundRecords } from "./found.ts";
import { headReads } from "./heads.ts";
import type { HeadReads, Moment } from "./heads.ts";
import { roundingOf } from "./rounding.ts";

/** The part of a query's crowd that a task decides; the reader's parameters decide the rest. */
export type Sight = Pick<
  Crowd,
  "tokens" | "tail" | "recordTokens" | "gap" | "recordShare" | "matches" | "run" | "like" | "asking" | "asked"
>;

/** A query in the mean field. */
export interface DrawnQuery {
  readonly sight: Sight;
  readonly moment: Moment;
  /** records that it may find */
  readonly found: FoundRecords;
  /** false for a query that does not count in what was seen */
  readonly traced?: boolean;
}

/** Attention of all heads to one query, as it was drawn. */
export interface DrawnAttention {
  /** weight of each record found, the mean over heads */
  readonly weights: readonly number[];
  /** variance that everything else adds to a projection on a code */
  readonly noise: number;
}

/**
 * One variant at work on the queries of a trial. Queries with the same sight and moment, which are the same objects, share
 * what the variant reads of it.
 */
export class MeanFieldAttention {
  readonly #use: VariantUse;
  readonly #reader: ReaderParams;
  readonly #known = new Map<Sight, Map<Moment, readonly HeadReads[]>>();
  #queries = 0;
  #goldQueries = 0;
  #goldMass = 0;
  #recall = 0;
  #tokensRead = 0;

  constructor(use: VariantUse, reader: ReaderParams) {
    this.#use = use;
    this.#reader = reader;
  }

  /** Draws the weights that the heads of a query give the records it may find. */
  attend({ sight, moment, found, traced = true }: DrawnQuery, random: Random): DrawnAttention {
    const { kvHeads, headDim } = this.#reader;
    const { count } = found;
    const weights = Array<number>(count).fill(0);
    let gold = 0;
    for (const is of found.gold) if (is) gold++;
    let noise = 0;
    if (traced) this.#queries++;
    if (traced && gold > 0) this.#goldQueries++;
    let goldRead = 0;
    for (const head of this.#heads(sight, moment)) {
      const drawn = drawHead(head, found, random);
      for (let i = 0; i < count; i++) weights[i]! += drawn.weights[i]! / kvHeads;
      noise += drawn.noise / kvHeads;
      if (!traced) continue;
      this.#tokensRead += drawn.tokensRead / kvHeads;
      for (let i = 0; i < count; i++) {
        if (!found.gold[i]) continue;
        if (drawn.read[i]) goldRead++;
        this.#goldMass += drawn.weights[i]! / kvHeads;
      }
    }
    if (traced && gold > 0) this.#recall += Math.min(1, goldRead / (gold * kvHeads));
    const rounding = roundingOf(this.#reader.kvDtype, moment);
    for (let i = 0; i < count; i++) noise += rounding * weights[i]! * weights[i]!;
    return { weights, noise: noise / (headDim * kvHeads) };
  }

  /** Means over the traced queries so far, as a trace of the numerics has them; the entropy is not made out. */
  seen(): Seen {
    const hadGold = this.#goldQueries > 0;
    return {
      goldMass: hadGold ? this.#goldMass / this.#goldQueries : null,
      recall: hadGold ? this.#recall / this.#goldQueries : null,
      entropy: null,
      tokensRead: this.#tokensRead / this.#queries,
      queries: this.#queries,
    };
  }

  #heads(sight: Sight, moment: Moment): readonly HeadReads[] {
    const known = this.#known.get(sight) ?? new Map<Moment, readonly HeadReads[]>();
    this.#known.set(sight, known);
    const heads = known.get(moment) ?? headReads(this.#use, crowdOf(this.#reader, sight, moment), moment);
    known.set(moment, heads);
    return heads;
  }
}

/** The crowd of a query of the constructed reader. */
function crowdOf(reader: ReaderParams, sight: Sight, moment: Moment): Crowd {
  const { headDim, kvHeads, sharpness, fidelity, coherence, groupSize, kvDtype } = reader;
  // rounding makes keys longer, and less like their codes
  const length = Math.sqrt(1 + roundingOf(kvDtype, moment));
  // query heads of a group have noise of their own
  const alike = (groupSize > 1 ? fidelity : 1) / length;
  return {
    headDim,
    kvHeads,
    sharpness: sharpness * length,
    fidelity: fidelity * alike,
    coherence: coherence * alike * alike,
    ...sight,
  };
}
