import type { StepCost, StepShape } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import type { Ops } from "../engines/ops.ts";
import type { MeasuredKernels } from "../hardware/layers/measured.ts";
import type { KeyValueCache, Queries } from "./cache.ts";
import type { Crowd } from "./mean-field/crowd.ts";
import type { MeanFieldRead } from "./mean-field/reads.ts";
import type { PlacementUse } from "./placement.ts";
import type { AttentionResult } from "./read.ts";
import type { ShapingUse } from "./shaping.ts";

/** What a spec may add to a variant: `dsa+fp8+ssmax`. */
export type Modification = "kvDtype" | "logitShaping" | "placement";

export type Family =
  "dense" | "static" | "dynamic" | "eviction" | "hierarchical" | "memory" | "recurrent" | "hybrid";

/** Arguments of `attend` beside the parameters. @template I what `prepare` built */
export interface AttendArguments<I = unknown> {
  readonly queries: Queries;
  readonly cache: KeyValueCache;
  readonly index: I;
  readonly ops: Ops;
}

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
  attend(given: AttendArguments<I>, params: Params<S>): AttentionResult;
  /** present where the content decides how much is read: what `cost` then says */
  readonly adaptive?: string;
  /** One decode step. */
  cost(shape: StepShape, params: Params<S>): StepCost;
  /**
   * One query of the context, the last of `shape.tokens`; `cost` when absent and prefill is "same", dense attention's
   * when it is "dense". A pattern of prefill has it: its `cost` is that of dense decoding.
   */
  prefillCost?(shape: StepShape, params: Params<S>): StepCost;
  /** Kinds of model layer on which GPU kernels of the variant were measured; elsewhere its time follows from `cost`. */
  readonly kernels?: MeasuredKernels<Params<S>>;
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
  "prepare" | "attend" | "cost" | "prefillCost" | "kernels" | "denseAt" | "meanField" | "small"
> & {
  readonly small: AnyParams;
  /** of a layer plan, its layers from the first to the last */
  readonly layers?: readonly Layer[];
  prepare(cache: KeyValueCache, params: AnyParams, ops: Ops): unknown;
  attend(given: AttendArguments, params: AnyParams): AttentionResult;
  cost(shape: StepShape, params: AnyParams): StepCost;
  prefillCost?(shape: StepShape, params: AnyParams): StepCost;
  readonly kernels?: MeasuredKernels<AnyParams>;
  denseAt?(shape: StepShape): AnyParams;
  meanField?(crowd: Crowd, params: AnyParams): readonly MeanFieldRead[];
};

/** Declares a variant with its types inferred, and hides them from code that handles variants alike. */
export const defineVariant = <const S extends ParamSpecs, I>(variant: AttentionVariant<S, I>): AnyVariant =>
  variant as unknown as AnyVariant;

/** A variant with its parameters and the shaping of its logits. */
export interface VariantUse {
  readonly variant: AnyVariant;
  readonly params: AnyParams;
  readonly shaping: ShapingUse;
}

/** A layer of a plan: a variant with everything that it is set to. */
export interface Layer extends VariantUse {
  readonly placement: PlacementUse;
  /** its spec, every parameter named */
  readonly resolved: string;
}
