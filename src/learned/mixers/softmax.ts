import { causalMask } from "./mixer.ts";
import type { Mix } from "./mixer.ts";

/** Softmax attention over the last `window` tokens, or over all. Scores are q.k / sqrt(d). */
export const softmaxMix =
  (window?: number): Mix =>
  (tf, { q, k, v }) => {
    const [tokens, d] = q.shape.slice(-2) as [number, number];
    const seen = causalMask(tf, tokens, window);
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(d));
    // unseen scores are far below all others
    return tf.matMul(tf.softmax(tf.add(scores, tf.mul(tf.sub(seen, 1), 1e9))), v);
  };
