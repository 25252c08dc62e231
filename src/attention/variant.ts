import type { StepCost, StepShape } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Space, Table } from "../engines/ops.ts";
import type { Layer } from "./layers.ts";
import type { WeightRule } from "./read.ts";
import type { Crowd } from "./mean-field/crowd.ts";
import type { MeanFieldRead } from "./mean-field/reads.ts";

/** K and V of one kv head. */
export interface HeadCache {
  readonly space: Space;
  /** (N, d) */
  readonly keys: Table;
  /** (N, d) */
  readonly values: Table;
}

/** The KV cache of one layer and one sequence. */
export interface KeyValueCache {
  readonly tokens: number;
  readonly headDim: number;
  readonly heads: readonly HeadCache[];
  readonly bytesPerElement: number;
  /** seed of what a variant draws for itself (random projections, query noise) */
  readonly seed: string;
  /** the last token of the context, before a question; the last of all where there is none */
  readonly contextEnd: number;
  /** what K and V become when the prompt has been read: queries of the prompt read them as they are, later ones so */
  readonly afterPrefill?: "kivi2";
  /**
   * Tokens at which something that belongs together ends, ascending: what local circuits of earlier layers know of a
   * token besides its K and V, and a learned gate can see. Absent where nothing is known.
   */
  readonly spanEnds?: Int32Array;
  /**
   * Queries that prefill saw, for variants that decide from them what to keep: the last `count`, or so many evenly
   * over the prompt with the last among them. The prompt ends with the question when the scorer may see it, otherwise
   * with the context before it.
   */
  observed(count: number, queryAware: boolean, spread?: "last" | "even"): Queries;
}

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
  /** logit of an attention sink: something without a value that every softmax also weighs (shaping.ts) */
  readonly sinkLogit?: number;
  /** what makes weights of scores, in place of a softmax (shapings/) */
  readonly rule?: WeightRule;
  /** the context's own queries, or a question's */
  readonly phase: "prefill" | "decode";
  /** which of the reader's attention steps this is, from 0; a layer plan gives each step a layer */
  readonly step?: number;
}

/** What one kv head's queries read, and what they got. Query rows are those of `Queries.heads`: (Q G). */
export interface HeadResult {
  /** (Q G, d) */
  readonly output: Tensor;
  /** tokens that query row i reads K or V of, or a summary entry's worth of */
  tokensRead(i: number): number;
  /** whether query row i reads this token's own K and V; a summary of it is not that */
  reads(i: number, row: number): boolean;
  /**
   * The weight of query row i on each of these tokens; what a summary weighs is shared equally by its tokens. At
   * least 0 and of sum 1 (less than 1 beside a sink) unless the variant is `notConvex`.
   */
  weights(i: number, rows: ArrayLike<number>): Float64Array;
  /**
   * Entropy in nats of query row i's weights over what it read; of their absolute values where they are signed;
   * NaN where it is not made out
   */
  entropy(i: number): number;
}

export interface AttentionResult {
  /** one per kv head */
  readonly heads: readonly HeadResult[];
}

/** What a spec may add to a variant: `dsa+fp8+ssmax`. */
export type Modification = "kvDtype" | "logitShaping" | "placement";

export type Family =
  "dense" | "static" | "dynamic" | "eviction" | "hierarchical" | "memory" | "recurrent" | "hybrid";

/**
 * An attention mechanism: maths, parameters as data, cost. One file each, one line in all.ts.
 *
 * `I` is what `prepare` builds per kv head.
 */
export interface AttentionVariant<S extends ParamSpecs = ParamSpecs, I = unknown> extends Entry {
  readonly family: Family;
  /** the maths in a few lines, for `describe`: plain text */
  readonly formula: string;
  readonly params: S;
  /**
   * What the context's own queries go through while the cache is built: this variant too ("same"), or dense
   * attention. "only": this variant is a pattern of prefill, and decoding is dense.
   */
  readonly prefill: "dense" | "same" | "only";
  /** the parameter that a memory or bandwidth budget decides; cost grows with it */
  readonly budgetParam?: keyof S & string;
  /** parameters at which it leaves something out of a cache of 300 tokens; the laws are tested with them */
  readonly small: Partial<Params<S>>;
  /** present where outputs are no convex combination of values: why */
  readonly notConvex?: string;
  /** whether its softmax also weighs a sink without a value, so that weights sum to less than 1 */
  readonly sinks?: true;
  /** what cannot be combined with this variant, and why */
  readonly refuses?: Readonly<Partial<Record<Modification, string>>>;
  /** Built once per cache and parameters, in the heads' spaces. */
  prepare(cache: KeyValueCache, params: Params<S>, ops: Ops): I;
  attend(queries: Queries, cache: KeyValueCache, index: I, params: Params<S>, ops: Ops): AttentionResult;
  /** present where the content decides how much is read: what `cost` then says */
  readonly adaptive?: string;
  /** One decode step. */
  cost(shape: StepShape, params: Params<S>): StepCost;
  /**
   * One query of the context, the last of `shape.tokens`; `cost` when absent and prefill is "same", dense attention's
   * when it is "dense". A pattern of prefill has it: its `cost` is that of dense decoding.
   */
  prefillCost?(shape: StepShape, params: Params<S>): StepCost;
  /** Parameters at which it equals dense attention, if there are such. */
  denseAt?(shape: StepShape): Partial<Params<S>>;
  /** What one query reads in the mean field, while decoding or where prefill is "same" (mean-field/reads.ts). */
  meanField?(crowd: Crowd, params: Params<S>): readonly MeanFieldRead[];
  /** reason why it has no mean field */
  readonly noMeanField?: string;
}

/** A variant whose parameter and index types the caller need not know. */
export type AnyVariant = Omit<
  AttentionVariant,
  "prepare" | "attend" | "cost" | "prefillCost" | "denseAt" | "meanField" | "small"
> & {
  readonly small: AnyParams;
  /** of a layer plan, its layers from the first to the last */
  readonly layers?: readonly Layer[];
  prepare(cache: KeyValueCache, params: AnyParams, ops: Ops): unknown;
  attend(
    queries: Queries,
    cache: KeyValueCache,
    index: unknown,
    params: AnyParams,
    ops: Ops,
  ): AttentionResult;
  cost(shape: StepShape, params: AnyParams): StepCost;
  prefillCost?(shape: StepShape, params: AnyParams): StepCost;
  denseAt?(shape: StepShape): AnyParams;
  meanField?(crowd: Crowd, params: AnyParams): readonly MeanFieldRead[];
};

/** Declares a variant with its types inferred, and hides them from code that handles variants alike. */
export const defineVariant = <const S extends ParamSpecs, I>(variant: AttentionVariant<S, I>): AnyVariant =>
  variant as unknown as AnyVariant;
