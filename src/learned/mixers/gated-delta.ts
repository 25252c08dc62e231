import { causalMask, unitVectors } from "./mixer.ts";
import type { Mix } from "./mixer.ts";
import { invertUnitLower } from "./triangular.ts";

/**
 * The gated delta rule, S_t = a_t (I - b_t k_t k_t^T) S_(t-1) + b_t k_t v_t^T and o_t = S_t^T q_t, with keys and
 * queries at length 1. All tokens are one chunk: the values u that are written solve a triangular system,
 * (I + diag(b) tril(K K^T * D, -1)) U = diag(b) V with D_ij = a_(j+1) ... a_i, and O = tril(Q K^T * D) U.
 *
 * Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464, section 3.3.
 *
 * @throws Error without decay and strength
 */
export const gatedDeltaMix: Mix = (tf, { q, k, v, logDecay, strength }) => {
  if (logDecay === undefined || strength === undefined)
    throw new Error("gated-delta needs logDecay and strength");
  const tokens = q.shape[2]!;
  const seen = causalMask(tf, tokens);
  const before = tf.sub(seen, tf.eye(tokens));
  const column = (x: typeof q): typeof q => tf.expandDims(x, -1);
  // logarithm of the decay from the start to each token
  const total = tf.matMul(tf.broadcastTo(seen, [...q.shape.slice(0, 2), tokens, tokens]), column(logDecay));
  const between = tf.sub(total, tf.transpose(total, [0, 1, 3, 2]));
  const decays = tf.mul(tf.exp(tf.mul(between, seen)), seen);
  const [queries, keys, writes] = [unitVectors(tf, q), unitVectors(tf, k), column(strength)];
  const overlap = tf.mul(tf.matMul(keys, keys, false, true), tf.mul(decays, before));
  const inverse = invertUnitLower(tf, tf.mul(overlap, writes));
  const written = tf.matMul(inverse, tf.mul(writes, v));
  return tf.matMul(tf.mul(tf.matMul(queries, keys, false, true), decays), written);
};
