import type { SoftmaxParts } from "../merged.ts";
import type { Tf, TfTensor } from "./api.ts";

/** exp of this number, and of any below it, is 0 in float32. Unlike -Infinity it can be multiplied by 0. */
const vanishing = -1000;
/** Stands for the largest score of a query that sees nothing in a block. */
const lowest = -1e38;

/**
 * Softmaxes over a block. scores (G, width); query g sees the columns [0, ends[g]); `mix` turns weights (G, width) into
 * (G, d).
 */
export function partialOf(
  tf: Tf,
  scores: TfTensor,
  ends: Int32Array,
  mix: (weights: TfTensor) => TfTensor,
): SoftmaxParts {
  const masked = maskBeyond(tf, scores, ends);
  const max = tf.max(masked, 1, true);
  const gap = tf.maximum(tf.sub(masked, tf.maximum(max, lowest)), vanishing);
  const weights = tf.exp(gap);
  return {
    output: numbers(mix(weights)),
    max: numbers(max),
    sum: numbers(tf.sum(weights, 1)),
    moment: numbers(tf.sum(tf.mul(weights, gap), 1)),
  };
}

/** Scores with -Infinity in the columns from ends[row] on. (G, width) */
export function maskBeyond(tf: Tf, scores: TfTensor, ends: Int32Array): TfTensor {
  const width = scores.shape[1]!;
  if (ends.every((end) => end >= width)) return scores;
  const seen = tf.less(tf.range(0, width, 1, "int32"), tf.tensor(ends, [ends.length, 1], "int32"));
  return tf.where(seen, scores, tf.scalar(-Infinity));
}

export const numbers = (t: TfTensor): Float32Array => t.dataSync() as Float32Array;
