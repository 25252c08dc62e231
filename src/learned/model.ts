import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.ts";
import type { Autograd } from "./autograd.ts";
import { mixOf } from "./mixers/all.ts";
import type { Mix, MixerOperands } from "./mixers/mixer.ts";
import type { LabelledBatch } from "./tasks/labelled.ts";
import { isRecurrent } from "./shape.ts";
import type { ReaderShape } from "./shape.ts";

/** ReaderWeights as tensors, by name. */
export type WeightTensors = Readonly<Record<string, Tensor>>;

/** Symbols of sequences of the same length. */
export type SymbolBatch = Pick<LabelledBatch, "sequences" | "tokens" | "symbols">;

/** Is called with the operands of each layer's mixer. */
export type SeeOperands = (operands: MixerOperands, layer: number) => void;

/** A small transformer: its sizes, its weights, and the library that computes it. */
export interface LearnedReader {
  readonly tf: Autograd;
  readonly shape: ReaderShape;
  readonly weights: WeightTensors;
  /** attention in the place of that of every layer */
  readonly mix?: Mix | undefined;
}

/**
 * Vectors of all tokens behind the last norm: (sequences, tokens, width). Token and position embeddings, then for each
 * layer a mixer behind a norm, and a feed-forward network behind another where the shape has one. As zoology's
 * LanguageModel (zoology/model.py) without dropout; where there is no feed-forward network, the source adds the norm of
 * the residual stream to it, which is left out here.
 *
 * @throws UsageError for sequences that are longer than the positions
 */
export function hiddenOf(reader: LearnedReader, batch: SymbolBatch, see?: SeeOperands): Tensor {
  const { tf, shape, weights } = reader;
  const { sequences, tokens, symbols } = batch;
  if (shape.positions > 0 && tokens > shape.positions)
    throw new UsageError(`the reader has ${shape.positions} positions; got ${tokens} tokens`);
  let x = tf.reshape(rowsAt(tf, weights["tokens"]!, symbols), [sequences, tokens, shape.width]);
  if (shape.positions > 0) x = tf.add(x, tf.slice(weights["positions"]!, [0, 0], [tokens, shape.width]));
  for (let l = 0; l < shape.mixers.length; l++) {
    x = tf.add(x, mixed(reader, l, normed(reader, `${l}.norm`, x), see));
    if (shape.expansion > 0) {
      const inner = gelu(tf, project(tf, normed(reader, `${l}.mlp.norm`, x), weights[`${l}.mlp.in`]!));
      x = tf.add(x, project(tf, inner, weights[`${l}.mlp.out`]!));
    }
  }
  return normed(reader, "norm", x);
}

/** (asked, vocabulary) logits of the symbol after each asked place. */
export function logitsOf(reader: LearnedReader, batch: LabelledBatch): Tensor {
  const { tf, shape, weights } = reader;
  const rows = tf.reshape(hiddenOf(reader, batch), [batch.sequences * batch.tokens, shape.width]);
  return product(tf, rowsAt(tf, rows, batch.asked), tf.transpose(weights["tokens"]!));
}

/** Mean cross-entropy of the answers, in nats. */
export function lossOf(tf: Autograd, logits: Tensor, answers: Int32Array): Scalar {
  const [asked, vocabulary] = logits.shape as [number, number];
  const right = tf.oneHot(tf.tensor1d(answers, "int32"), vocabulary);
  return tf.mul(tf.sum(tf.mul(tf.logSoftmax(logits), right)), -1 / asked);
}

/** Output of layer l's mixer, projected: (sequences, tokens, width). */
function mixed({ tf, shape, weights, mix }: LearnedReader, l: number, x: Tensor, see?: SeeOperands): Tensor {
  const { heads, width } = shape;
  const mixer = shape.mixers[l]!;
  const [sequences, tokens] = x.shape as [number, number, number];
  const given = shape.convolution > 0 ? convolved(tf, x, weights[`${l}.convolution`]!) : x;
  const byHead = (y: Tensor): Tensor =>
    tf.transpose(tf.reshape(y, [sequences, tokens, heads, width / heads]), [0, 2, 1, 3]);
  const of = (name: string): Tensor => byHead(project(tf, given, weights[`${l}.${name}`]!));
  const gate = (name: string): Tensor =>
    tf.transpose(
      tf.add(project(tf, given, weights[`${l}.${name}`]!), weights[`${l}.${name}.bias`]!),
      [0, 2, 1],
    );
  const operands: MixerOperands = {
    q: of("q"),
    k: of("k"),
    v: of("v"),
    ...(mixer === "gated-delta" && {
      logDecay: tf.neg(tf.softplus(gate("decay"))),
      strength: tf.sigmoid(gate("strength")),
    }),
  };
  see?.(operands, l);
  const read = (mix ?? mixOf(mixer, shape))(tf, operands);
  const sized = isRecurrent(mixer) ? ofOneSize(tf, read) : read;
  const joined = tf.reshape(tf.transpose(sized, [0, 2, 1, 3]), [sequences, tokens, width]);
  return project(tf, joined, weights[`${l}.out`]!);
}

/** (sequences, tokens, columns) x (sequences, tokens, rows) times a matrix. */
function project(tf: Autograd, x: Tensor, matrix: Tensor): Tensor {
  const [sequences, tokens, rows] = x.shape as [number, number, number];
  const flat = tf.reshape(x, [sequences * tokens, rows]);
  return tf.reshape(product(tf, flat, matrix), [sequences, tokens, matrix.shape[1]!]);
}

/**
 * (rows, columns) of a (rows, n) times b (n, columns). Its gradient transposes before it multiplies: the WebAssembly
 * backend has a fast kernel for two plain matrices alone.
 */
function product(tf: Autograd, a: Tensor, b: Tensor): Tensor {
  const multiply = tf.customGrad((...operands) => {
    const [left, right, save] = operands as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([left, right]);
    return {
      value: tf.matMul(left, right),
      gradFunc: (dy: Tensor, [x, y]: Tensor[]) => [
        tf.matMul(dy, tf.transpose(y!)),
        tf.matMul(tf.transpose(x!), dy),
      ],
    };
  });
  return multiply(a, b);
}

/** Smallest variance that norms divide by (torch.nn.LayerNorm's). */
const epsilon = 1e-5;

/** Vectors of mean 0 and variance 1, scaled and shifted. */
function normed({ tf, weights }: LearnedReader, name: string, x: Tensor): Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  const level = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(level, weights[`${name}.scale`]!), weights[`${name}.shift`]!);
}

/** GELU by its approximation with tanh: Hendrycks and Gimpel 2016, arXiv 1606.08415, section 2. */
function gelu(tf: Autograd, x: Tensor): Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

/** Vectors of root mean square 1. */
const ofOneSize = (tf: Autograd, x: Tensor): Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)));

/** x and, channel by channel, the weighted tokens before it: y_t = x_t + sum_i w_i x_(t-i). */
function convolved(tf: Autograd, x: Tensor, kernel: Tensor): Tensor {
  const [sequences, tokens, width] = x.shape as [number, number, number];
  let sum = x;
  for (let back = 0; back < Math.min(kernel.shape[0], tokens); back++) {
    const earlier = tf.slice(x, [0, 0, 0], [sequences, tokens - back, width]);
    const shifted = tf.pad(earlier, [
      [0, 0],
      [back, 0],
      [0, 0],
    ]);
    sum = tf.add(sum, tf.mul(shifted, tf.slice(kernel, [back, 0], [1, width])));
  }
  return sum;
}

/** (places, columns) rows of a matrix. The gradient adds up rows in JavaScript, since the WebAssembly backend cannot. */
function rowsAt(tf: Autograd, matrix: Tensor, places: Int32Array): Tensor {
  const take = tf.customGrad((x) => ({
    value: tf.gather(x as Tensor, tf.tensor1d(places, "int32")),
    gradFunc: (dy: Tensor) => {
      const [rows, columns] = matrix.shape as [number, number];
      const [sum, given] = [new Float32Array(rows * columns), dy.dataSync()];
      for (let i = 0; i < places.length; i++)
        for (let c = 0; c < columns; c++) sum[places[i]! * columns + c]! += given[i * columns + c]!;
      return tf.tensor(sum, [rows, columns]);
    },
  }));
  return take(matrix);
}
