import type { StepCost, StepShape } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import type { Ops } from "../engines/ops.ts";
import type { MeasuredKernels } from "../hardware/layers/measured.ts";
import type { KeyValueCache, Queries } from "./cache.ts";
import type { CapturedTensors } from "./captured.ts";
import type { EngineMemory, EngineShape } from "./engine-shape.ts";
import type { Crowd } from "./mean-field/crowd.ts";
import type { MeanFieldRead } from "./mean-field/reads.ts";
import type { PlacementUse } from "./placement.ts";
import type { AttentionResult } from "./read.ts";
import type { ShapingUse } from "./shaping.ts";

/** Kinds of modifiers that a spec may add to a variant: `dsa+fp8+ssmax`. */
export type Modification = "kvDtype" | "logitShaping" | "placement";

export type Family =
  "dense" | "static" | "dynamic" | "eviction" | "hierarchical" | "memory" | "recurrent" | "hybrid";

/** A model of the catalog, and the variant that is dense attention over its records. */
export interface MadeFor {
  readonly model: string;
  readonly dense: "dense" | "mla";
}

/** Arguments of `attend` beside the parameters. @template I the index that `prepare` built */
export interface AttendArguments<I = unknown> {
  readonly queries: Queries;
  readonly cache: KeyValueCache;
  readonly index: I;
  readonly ops: Ops;
}

/**
 * An attention mechanism: its computation, its parameters as data, its cost. A variant is one file and one line in
 * all.ts.
 *
 * @template I the index that `prepare` builds
 */
export interface AttentionVariant<S extends ParamSpecs = ParamSpecs, I = unknown> extends Entry {
  readonly family: Family;
  /** formulas in a few lines of plain text, for `describe` */
  readonly formula: string;
  readonly params: S;
  /**
   * Attention of the context's own queries, while the cache is built: this variant ("same") or dense attention
   * ("dense"). "only" marks a pattern of prefill: decoding is dense.
   */
  readonly prefill: "dense" | "same" | "only";
  /** parameter that a memory or bandwidth budget decides; cost grows with it */
  readonly budgetParam?: keyof S & string;
  /** parameters with which it leaves tokens of a cache of 300 out; the laws are tested with them */
  readonly small: Partial<Params<S>>;
  /** reason why outputs are no convex combination of values, if they are not */
  readonly notConvex?: string;
  /** whether its softmax also weighs a sink without a value, so that weights have a sum below 1 */
  readonly sinks?: true;
  /** tensors of the model's own index that can take the place of the variant's */
  readonly captured?: CapturedTensors<Params<S>>;
  /** reasons why modifiers cannot be combined with this variant */
  readonly refuses?: Readonly<Partial<Record<Modification, string>>>;
  /** Builds the index, once for a cache and parameters, in the heads' spaces. */
  prepare(cache: KeyValueCache, params: Params<S>, ops: Ops): I;
  attend(given: AttendArguments<I>, params: Params<S>): AttentionResult;
  /** meaning of `cost`, if the content decides how much is read */
  readonly adaptive?: string;
  /** Cost of one decode step. */
  cost(shape: StepShape, params: Params<S>): StepCost;
  /** Memory that it takes in an engine, where this is not the index of its cost in float32. */
  memory?(shape: EngineShape, params: Params<S>): EngineMemory;
  /**
   * Cost of one query of the context, the last of `shape.tokens`. When absent it is `cost` if prefill is "same", and
   * the cost of dense attention if prefill is "dense". A pattern of prefill must have it; its `cost` is that of dense
   * decoding.
   */
  prefillCost?(shape: StepShape, params: Params<S>): StepCost;
  /**
   * Model of the catalog that it was made for, and the dense attention of that model's records, of which shares of bytes
   * are taken. Default: grouped-query heads.
   */
  readonly madeFor?: MadeFor;
  /** Kinds of model layer on which GPU kernels of the variant were measured; elsewhere its time follows from `cost`. */
  readonly kernels?: MeasuredKernels<Params<S>>;
  /** Parameters with which it equals dense attention, if there are any. */
  denseAt?(shape: StepShape): Partial<Params<S>>;
  /** Reads of one query in the mean field, of decoding and of a prefill that is "same" (mean-field/reads.ts). */
  meanField?(crowd: Crowd, params: Params<S>): readonly MeanFieldRead[];
  /** reason why it has no mean field */
  readonly noMeanField?: string;
}

/** A variant whose types of parameters and index are hidden. */
export type AnyVariant = Omit<
  AttentionVariant,
  | "prepare"
  | "attend"
  | "cost"
  | "memory"
  | "prefillCost"
  | "kernels"
  | "denseAt"
  | "meanField"
  | "small"
  | "captured"
> & {
  readonly captured?: CapturedTensors<AnyParams>;
  readonly small: AnyParams;
  /** layers of a layer plan, from the first to the last */
  readonly layers?: readonly Layer[];
  prepare(cache: KeyValueCache, params: AnyParams, ops: Ops): unknown;
  attend(given: AttendArguments, params: AnyParams): AttentionResult;
  cost(shape: StepShape, params: AnyParams): StepCost;
  memory?(shape: EngineShape, params: AnyParams): EngineMemory;
  prefillCost?(shape: StepShape, params: AnyParams): StepCost;
  readonly kernels?: MeasuredKernels<AnyParams>;
  denseAt?(shape: StepShape): AnyParams;
  meanField?(crowd: Crowd, params: AnyParams): readonly MeanFieldRead[];
};

/** Declares a variant. Its types are inferred, and hidden from code that treats all variants alike. */
export const defineVariant = <const S extends ParamSpecs, I>(variant: AttentionVariant<S, I>): AnyVariant =>
  variant as unknown as AnyVariant;

/** A variant with its parameters and the shaping of its logits. */
export interface VariantUse {
  readonly variant: AnyVariant;
  readonly params: AnyParams;
  readonly shaping: ShapingUse;
}

/** A layer of a plan: a variant with its parameters, shaping and placement. */
export interface Layer extends VariantUse {
  readonly placement: PlacementUse;
  /** its spec, with every parameter */
  readonly resolved: string;
}
