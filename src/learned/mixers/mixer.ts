import type { Tensor } from "@tensorflow/tfjs-core";
import type { Autograd } from "../autograd.ts";

/** Operands of a mixer. */
export interface MixerOperands {
  /** (batch, heads, tokens, d) */
  readonly q: Tensor;
  /** (batch, heads, tokens, d) */
  readonly k: Tensor;
  /** (batch, heads, tokens, d) */
  readonly v: Tensor;
  /** (batch, heads, tokens) logarithm of the state's decay at a token; read by gated-delta alone */
  readonly logDecay?: Tensor | undefined;
  /** (batch, heads, tokens) strength of a token's write, in (0, 1); read by gated-delta alone */
  readonly strength?: Tensor | undefined;
}

/** Returns the outputs (batch, heads, tokens, d) of causal attention. */
export type Mix = (tf: Autograd, operands: MixerOperands) => Tensor;

/** (tokens, tokens) 1 where the query of row i sees token j, otherwise 0: the last `window` tokens up to its own. */
export function causalMask(tf: Autograd, tokens: number, window = tokens): Tensor {
  const mask = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) mask.fill(1, i * tokens + Math.max(0, i + 1 - window), i * tokens + i + 1);
  return tf.tensor(mask, [tokens, tokens]);
}

/** Vectors of the last dimension at length 1; a zero vector stays zero. */
export const unitVectors = (tf: Autograd, x: Tensor): Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
