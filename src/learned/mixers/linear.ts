import { causalMask, unitVectors } from "./mixer.ts";
import type { Mix } from "./mixer.ts";

/** Linear attention without decay: the sum of v (k.q) over the tokens seen, keys and queries at length 1. */
export const linearMix: Mix = (tf, { q, k, v }) => {
  const scores = tf.matMul(unitVectors(tf, q), unitVectors(tf, k), false, true);
  return tf.matMul(tf.mul(scores, causalMask(tf, q.shape[2]!)), v);
};
