import type { Tensor } from "@tensorflow/tfjs-core";
import { safetensorsBytes } from "../files/write-safetensors.ts";
import type { NamedTensor } from "../files/write-safetensors.ts";
import type { Autograd } from "./autograd.ts";
import { hiddenOf } from "./model.ts";
import type { LabelledBatch } from "./tasks/labelled.ts";
import type { ReaderShape } from "./shape.ts";
import { tensorsOf } from "./train.ts";
import type { ReaderWeights } from "./weights.ts";

/** A query and the token whose value answers it. */
export interface CapturedMatch {
  /** place of the query in the sequence */
  readonly query: number;
  /** place of the token that it looks for */
  readonly source: number;
}

/** Operands of the mixers of all layers on one sequence. */
export interface ReaderCapture {
  readonly symbols: Int32Array;
  /** (layers, heads, tokens, d) each */
  readonly q: NamedTensor;
  readonly k: NamedTensor;
  readonly v: NamedTensor;
  readonly matches: readonly CapturedMatch[];
}

/** Runs a trained reader on the first sequence of a batch and keeps the queries, keys and values of every layer. */
export function captureOf(
  tf: Autograd,
  { shape, weights }: { shape: ReaderShape; weights: ReaderWeights },
  { tokens, symbols, asked, sources }: Pick<LabelledBatch, "tokens" | "symbols" | "asked" | "sources">,
): ReaderCapture {
  const one = { sequences: 1, tokens, symbols: symbols.slice(0, tokens) };
  const { width, heads, mixers } = shape;
  const captured = (): NamedTensor => ({
    shape: [mixers.length, heads, tokens, width / heads],
    data: new Float32Array(mixers.length * tokens * width),
  });
  const [q, k, v] = [captured(), captured(), captured()];
  tf.tidy(() => {
    hiddenOf({ tf, shape, weights: tensorsOf(tf, shape, weights) }, one, (operands, layer) => {
      const keep = (from: Tensor, to: NamedTensor): void =>
        to.data.set(from.dataSync(), layer * tokens * width);
      keep(operands.q, q);
      keep(operands.k, k);
      keep(operands.v, v);
    });
  });
  const matches = Array.from(asked, (query, i) => ({ query, source: sources[i]! }));
  return { symbols: one.symbols, q, k, v, matches: matches.filter(({ query }) => query < tokens) };
}

/** Bytes of a .safetensors file with a capture: tensors q, k and v; metadata symbols and matches, in JSON. */
export const captureBytes = ({ q, k, v, symbols, matches }: ReaderCapture): Uint8Array =>
  safetensorsBytes(
    { q, k, v },
    { symbols: JSON.stringify(Array.from(symbols)), matches: JSON.stringify(matches) },
  );
