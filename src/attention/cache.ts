import type { Tensor } from "../core/tensor.ts";
import type { Space, Table } from "../engines/ops.ts";
import type { Captured } from "./captured.ts";
import type { WeightRule } from "./read.ts";

/** K and V of one kv head. */
export interface HeadCache {
  readonly space: Space;
  /** (N, d) */
  readonly keys: Table;
  /** (N, d) */
  readonly values: Table;
}

/**
 * Rotary positions of keys and queries: channels `from + 2 i` and `from + 2 i + 1` are turned by position times
 * `frequencies[i]`, an angle in radians. RoFormer, arXiv 2104.09864.
 */
export interface Rotary {
  readonly from: number;
  readonly frequencies: readonly number[];
}

/** The KV cache of one layer and one sequence. */
export interface KeyValueCache {
  readonly tokens: number;
  readonly headDim: number;
  readonly heads: readonly HeadCache[];
  readonly bytesPerElement: number;
  /** seed of a variant's own random numbers (projections, query noise) */
  readonly seed: string;
  /** last token of the context, before a question; the last token of all without a question */
  readonly contextEnd: number;
  /** Makes the cache that decoding reads, once the prompt has been read (kv-dtype.ts). The prompt reads this one. */
  readonly afterPrefill?: ((cache: KeyValueCache) => KeyValueCache) | undefined;
  /**
   * Tokens at which a span ends (a record, a sentence), ascending. Circuits of earlier layers know it, and a learned
   * gate can see it. Absent if nothing is known.
   */
  readonly spanEnds?: Int32Array;
  /** channels of keys and prefill's queries that turn with position; absent if none are known to */
  readonly rotary?: Rotary;
  /** the model's own index, as a capture has it (captured.ts); absent where there is none */
  readonly captured?: Captured;
  /**
   * Queries that prefill saw, from which a variant can decide what to keep: the last `count`, or `count` queries spread
   * evenly over the prompt, its last one among them. With `queryAware` the prompt ends with the question, otherwise
   * with the context before it.
   */
  observed(count: number, queryAware: boolean, spread?: "last" | "even"): Queries;
  /**
   * Queries of a second reading, which repeats the prompt: for each of these tokens the query that asks for it. They
   * stand at the last of the tokens. Absent if nobody knows them, as for tensors of a user.
   *
   * @param wanted tokens of the prompt, ascending
   */
  repeated?(wanted: Int32Array): Queries;
  /** heads of the model that look for nothing, of all its layers; absent if nothing is known of them */
  readonly idle?: IdleCache;
}

/** Heads that look for nothing. A budget that is one for all layers is divided among these too. */
export interface IdleCache {
  /** their number for each kv head, which stands for its keys */
  readonly count: number;
  /** Their queries of a second reading: those of `KeyValueCache.repeated`. */
  repeated(wanted: Int32Array): Queries;
}

/** Reading of the prompt by its own queries, or of the cache by the queries after it. */
export type Phase = "prefill" | "decode";

/** Queries of every query head. */
export interface Queries {
  /** per kv head: (Q G, d); the G query heads of query i are rows i G ... i G + G - 1 */
  readonly heads: readonly Tensor[];
  readonly count: number;
  /** query heads per kv head, G */
  readonly group: number;
  /** (Q) query i stands at this token and sees the keys [0, positions[i]] */
  readonly positions: Int32Array;
  /** factor on q.k: g / sqrt(d) in the reader, 1 / sqrt(d) in a model */
  readonly scale: number;
  /** logit of an attention sink, which every softmax also weighs and which has no value (shapings/sink.ts) */
  readonly sinkLogit?: number;
  /** turns scores into weights, in place of a softmax (shapings/) */
  readonly rule?: WeightRule;
  /** "prefill" for the context's own queries, "decode" for a question's */
  readonly phase: Phase;
  /** which of the reader's attention steps this is, from 0; a layer plan gives each step a layer */
  readonly step?: number;
}
