import type { AnyVariant } from "../attention/variant.ts";
import type { StepShape } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { AnyParams } from "../core/params.ts";
import { packedRowBytes } from "../core/packed.ts";
import { parseSpec } from "../attention/spec.ts";
import { resolveReader } from "../reader/params.ts";
import type { Trial } from "./trial.ts";

/** Bytes of a float32 number; the index is held in them, whatever it is counted as. */
const engineBytes = 4;

/** Prompt text, token offsets, records and scratch, per context token (measured at 1M tokens). */
const overheadPerToken = 400;

/** Program, engine and scratch that do not grow with the context (measured). */
const baseBytes = 400e6;

/** Of a layer plan every layer that the reader's steps run on has an index of its own. */
const indexBytes = (variant: AnyVariant, shape: StepShape, params: AnyParams): number =>
  variant.layers
    ? [...new Map(variant.layers.map((layer) => [layer.resolved, layer])).values()].reduce(
        (sum, layer) => sum + layer.variant.cost(shape, layer.params).indexKeptBytes,
        0,
      )
    : variant.cost(shape, params).indexKeptBytes;

/** Bytes of a row of K or V in an engine's memory. */
function rowBytesOf(dtype: KvDtype, headDim: number): number {
  switch (dtype) {
    case "f32":
      return engineBytes * headDim;
    case "kivi2":
      // as the prompt reads it, and as decoding does
      return 2 * engineBytes * headDim;
    default:
      return packedRowBytes[dtype](headDim);
  }
}

/**
 * Peak memory in bytes of a group of trials: K and V of every kv head, the largest index beside them, and what the
 * problem itself takes.
 */
export function estimateBytes(trials: readonly Trial[]): number {
  return Math.max(
    ...trials.map(({ tokens, variant, fitted, reader }) => {
      const { kvHeads, groupSize, headDim, kvDtype: asked } = resolveReader(reader);
      const spec = parseSpec(fitted ?? variant);
      const kvDtype = spec.kvDtype ?? asked;
      const rowBytes = rowBytesOf(kvDtype, headDim);
      const shape = { tokens, queryHeads: kvHeads * groupSize, kvHeads, headDim, bytesPerElement: 1 };
      const index = indexBytes(spec.variant, shape, spec.params) * engineBytes;
      return baseBytes + tokens * (2 * kvHeads * rowBytes + overheadPerToken) + index;
    }),
  );
}
