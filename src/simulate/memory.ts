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
      const rowBytes = kvDtype === "f32" ? engineBytes * headDim : packedRowBytes[kvDtype](headDim);
      const shape = { tokens, queryHeads: kvHeads * groupSize, kvHeads, headDim, bytesPerElement: 1 };
      const index = spec.variant.cost(shape, spec.params).indexKeptBytes * engineBytes;
      return baseBytes + tokens * (2 * kvHeads * rowBytes + overheadPerToken) + index;
    }),
  );
}
