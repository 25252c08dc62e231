import type { AnyVariant } from "../attention/variant.ts";
import type { StepShape } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { AnyParams } from "../core/params.ts";
import { packedRowBytes } from "../core/packed.ts";
import { parseSpec } from "../attention/spec.ts";
import { resolveReader } from "../reader/params.ts";
import type { Trial } from "./trial.ts";

/** Bytes of a float32 number. Engines hold every index in float32, also one whose cost counts smaller elements. */
const engineBytes = 4;

/** Bytes of prompt text, token offsets, records and scratch for each context token (measured at 1M tokens). */
const overheadPerToken = 400;

/** Bytes of program, engine and scratch that do not grow with the context (measured). */
const baseBytes = 400e6;

/** Elements of a variant's index. In a layer plan each distinct layer has an index of its own. */
const indexElements = (variant: AnyVariant, shape: StepShape, params: AnyParams): number =>
  variant.layers
    ? [...new Map(variant.layers.map((layer) => [layer.resolved, layer])).values()].reduce(
        (sum, layer) => sum + layer.variant.cost(shape, layer.params).indexKeptBytes,
        0,
      )
    : variant.cost(shape, params).indexKeptBytes;

/** Bytes that a row of K or V takes in an engine's memory. */
function rowBytesOf(dtype: KvDtype, headDim: number): number {
  switch (dtype) {
    case "f32":
      return engineBytes * headDim;
    case "kivi2":
      // one copy for the prompt, and one rounded to two bits for decoding
      return 2 * engineBytes * headDim;
    default:
      return packedRowBytes[dtype](headDim);
  }
}

/**
 * Peak memory in bytes of a group of trials that share a problem: K and V of every kv head, the largest index, and the
 * problem itself.
 */
export function estimateBytes(trials: readonly Trial[]): number {
  return Math.max(
    ...trials.map(({ tokens, variant, fitted, reader }) => {
      const { kvHeads, groupSize, headDim, kvDtype: asked } = resolveReader(reader);
      const spec = parseSpec(fitted ?? variant);
      const kvDtype = spec.kvDtype ?? asked;
      const rowBytes = rowBytesOf(kvDtype, headDim);
      const shape = { tokens, queryHeads: kvHeads * groupSize, kvHeads, headDim, bytesPerElement: 1 };
      const index = indexElements(spec.variant, shape, spec.params) * engineBytes;
      return baseBytes + tokens * (2 * kvHeads * rowBytes + overheadPerToken) + index;
    }),
  );
}
