import type { VariantUse } from "../../attention/variant.ts";
import type { Crowd } from "../../attention/mean-field/crowd.ts";
import type { Random } from "../../core/random.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import { contentWidth } from "../geometry/position.ts";
import type { ReaderParams } from "../params.ts";
import type { Seen } from "../reading.ts";
import { firstByWords, laterByWords } from "../spelling-shares.ts";
import type { Sight } from "./attention.ts";
import { drawHead } from "./draw-head.ts";
import { FoundRecords } from "./found.ts";
import { headReads } from "./heads.ts";
import type { HeadReads } from "./heads.ts";
import { roundingOf } from "./rounding.ts";

/** A token of an answer, as a query of a reader whose keys follow the text asks for it. */
export interface DrawnAsk {
  /** its place in the answer, from 0 */
  readonly place: number;
  /** records that the words before it fit as well, the one asked for left out */
  readonly alike: number;
  /** of them those that go on with the same token */
  readonly same: number;
  /** how far tokens of answers stand out of the rest of the text: 1 in prose, 0 among codes */
  readonly outstanding: number;
  /** distance of the token from the query, in tokens */
  readonly distance: number;
  readonly sight: Omit<Sight, "matches" | "like" | "asking" | "recordTokens">;
  readonly step: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Answers that are read token by token, each from few draws. One query sees the reader with keys that follow the text as a
 * reader whose keys follow their codes to the degree of what the query asks for: a sum of the subject and of the words
 * before.
 */
export class DrawnSpelling {
  readonly #use: VariantUse;
  readonly #reader: ReaderParams;
  readonly #geometry: TextGeometry;
  readonly #known = new Map<string, readonly HeadReads[]>();
  #queries = 0;
  #goldMass = 0;
  #recall = 0;
  #tokensRead = 0;

  constructor(use: VariantUse, reader: ReaderParams, geometry: TextGeometry) {
    this.#use = use;
    this.#reader = reader;
    this.#geometry = geometry;
  }

  /** Whether the reader writes the token that is asked for: the nearest of all, and nearer than its own guess. */
  reads(ask: DrawnAsk, random: Random): boolean {
    const { kvHeads, headDim, residualNoise, reads } = this.#reader;
    const { headFall, guess, sink, mean } = this.#geometry;
    const { crowd, likeness, sinkLogit } = this.#sees(ask);
    const strengths = Array.from({ length: kvHeads }, (_, h) => headFall ** h);
    const whole = sum(strengths);
    const far = crowd.tokens - 1;
    const match = crowd.sharpness * crowd.fidelity * Math.sqrt(crowd.headDim);
    // a query that keys know nothing of finds nothing
    if (match === 0) return false;
    // the first token lies against the mean, on which a query's code falls by chance
    const fallen = (1 + sink) * this.#reader.sharpness * Math.sqrt(mean) * random.normal();
    const others = <T>(value: T): T[] => Array<T>(ask.alike).fill(value);
    const first = <T>(value: T): T[] => (sink > 0 ? [value] : []);
    const found = new FoundRecords(
      {
        distances: [ask.distance, ...others(ask.distance), ...first(far)],
        similarities: [1, ...others(likeness), ...first((sinkLogit + fallen) / match)],
        kin: [0, ...others(1), ...first(ask.alike > 0 ? 2 : 1)],
        gold: [true, ...others(false), ...first(false)],
        sink: sink > 0,
      },
      random,
    );
    const weights = new Float64Array(found.count);
    let variance =
      (residualNoise ** 2 * sum(strengths.map((s) => s * s))) / (whole * whole * headDim * reads);
    this.#queries++;
    this.#heads(crowd, ask.step).forEach((head, h) => {
      const drawn = drawHead(head, found, random);
      const part = strengths[h]! / whole;
      drawn.weights.forEach((weight, i) => (weights[i]! += part * weight));
      variance += (part * part * drawn.noise) / headDim;
      this.#goldMass += drawn.weights[0]! / kvHeads;
      if (drawn.read[0]) this.#recall += 1 / kvHeads;
      this.#tokensRead += drawn.tokensRead / kvHeads;
    });
    const sd = Math.sqrt(variance);
    const projected = (weight: number): number => weight + sd * random.normal();
    const own = projected(sum([...weights.subarray(0, 1 + ask.same)]));
    if (own < guess) return false;
    for (let i = 1 + ask.same; i <= ask.alike; i++) if (projected(weights[i]!) > own) return false;
    return true;
  }

  /** Means over the queries so far, as a trace of the numerics has them; the entropy is not made out. */
  seen(): Seen {
    const queries = this.#queries;
    const over = (total: number): number | null => (queries > 0 ? total / queries : null);
    return {
      goldMass: over(this.#goldMass),
      recall: over(this.#recall),
      entropy: null,
      tokensRead: over(this.#tokensRead) ?? 0,
      queries,
    };
  }

  /** The crowd that a query sees, the likeness of records whose words before are the same, and the logit of the first token. */
  #sees({ place, alike, outstanding, sight }: DrawnAsk): {
    readonly crowd: Crowd;
    readonly likeness: number;
    readonly sinkLogit: number;
  } {
    const { mean, context, subject, fade, aversion, modest, sink } = this.#geometry;
    const { sharpness, headDim, kvHeads, groupSize, fidelity: ofQueries, kvDtype } = this.#reader;
    const byWords = place > 0 && alike === 0 ? laterByWords : firstByWords;
    const norm = Math.hypot(byWords, 1 - byWords);
    // the part that all keys have in common moves no logit against another
    const spread = Math.sqrt(1 - mean);
    const words = (byWords * Math.sqrt(context)) / norm / spread;
    const about = ((1 - byWords) * Math.sqrt(subject)) / norm / spread;
    const known = about * Math.exp(-place / fade);
    const d = contentWidth(headDim);
    // rounding makes keys longer, and less like their codes
    const length = Math.sqrt(1 + roundingOf(kvDtype, { phase: "decode", step: 0 }));
    const own = sharpness * spread * length;
    // keys of tokens that stand out have less of the mean, to which queries are averse
    const lift = (aversion * modest * outstanding) / (own * Math.sqrt(d));
    const whole = words + known + lift;
    const likeness = (words + known / 2 + lift) / whole;
    // query heads of a group have noise of their own
    const fidelity = Math.min(1, (whole * (groupSize > 1 ? ofQueries : 1)) / length);
    const sinkLogit = aversion * (1 + sink);
    const first = { count: 1, similarity: sinkLogit / (own * fidelity * Math.sqrt(d)), recordTokens: 1 };
    return {
      crowd: {
        ...sight,
        // other tokens of a record know little of it: they count as random ones
        recordTokens: 1,
        headDim: d,
        kvHeads,
        sharpness: own,
        fidelity,
        coherence: 0,
        matches: 1,
        asking: 0,
        like: [...(alike > 0 ? [{ count: alike, similarity: likeness }] : []), ...(sink > 0 ? [first] : [])],
      },
      likeness,
      sinkLogit,
    };
  }

  #heads(crowd: Crowd, step: number): readonly HeadReads[] {
    const key = JSON.stringify([crowd, step]);
    const known = this.#known.get(key) ?? headReads(this.#use, crowd, { phase: "decode", step });
    this.#known.set(key, known);
    return known;
  }
}
