import { writeFileSync } from "node:fs";
import { Random } from "../../../src/core/random.ts";

/** A tensor as it is written to a file. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

/** Writes float32 tensors and texts as a .safetensors file. */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const named = Object.entries(tensors).map(([name, { shape, numbers }]): [string, StoredTensor] => [
    name,
    { dtype: "F32", shape, bytes: Buffer.from(numbers.buffer, 0, numbers.byteLength) },
  ]);
  writeStored(path, Object.fromEntries(named), metadata);
}

/** A tensor of any type, as its bytes stand in a file. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** Writes tensors of any type as a .safetensors file. */
export function writeStored(
  path: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
      const start = end;
      end += bytes.length;
      return [name, { dtype, shape, data_offsets: [start, end] }];
    }),
  );
  const texts = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const text = Buffer.from(JSON.stringify({ ...texts, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(path, Buffer.concat([length, text, ...Object.values(tensors).map(({ bytes }) => bytes)]));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Sizes of a planted capture. */
export const planted = {
  layers: 2,
  queryHeads: 4,
  kvHeads: 2,
  tokens: 600,
  d: 64,
  valueDim: 64,
  queries: 40,
} as const;

/** Sizes of the capture that docs/capture.md shows, a small file. */
export const shown = { ...planted, queryHeads: 2, kvHeads: 1, tokens: 210, d: 32, valueDim: 8, queries: 16 };

/** The last head retrieves: its layer, its sharpness and fidelity, and the share of the mean of its keys. */
export const retrieving = { layer: 1, sharpness: 2.5, fidelity: 0.7, mean: 0.2 } as const;

/**
 * A capture of noise, in which one head retrieves as the constructed reader does: query i asks for the code of a key far
 * before it, with logits N(0, g^2) elsewhere and rho g sqrt(d) on that key. The keys of its kv head share a mean, along
 * the first channel, which its codes and queries leave out.
 */
export function plantedCapture(
  {
    layers,
    queryHeads,
    kvHeads,
    tokens,
    d,
    valueDim,
    queries,
  }: Readonly<Record<keyof typeof planted, number>>,
  { layer, sharpness, fidelity, mean }: Readonly<Record<keyof typeof retrieving, number>> = retrieving,
): Readonly<Record<"q" | "k" | "v", WrittenTensor>> {
  const noise = (name: string, shape: readonly number[]): WrittenTensor => {
    const random = new Random(`planted ${name}`);
    return { shape, numbers: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) };
  };
  const q = noise("q", [layers, queryHeads, queries, d]);
  const k = noise("k", [layers, kvHeads, tokens, d]);
  const v = noise("v", [layers, kvHeads, tokens, valueDim]);
  const [head, kvHead] = [queryHeads - 1, kvHeads - 1];
  const random = new Random("codes");
  const keyAt = (token: number): number => ((layer * kvHeads + kvHead) * tokens + token) * d;
  for (let i = 0; i < queries; i++) {
    const code = Float32Array.from({ length: d }, (_, c) => (c === 0 ? 0 : random.normal()));
    const at = ((layer * queryHeads + head) * queries + i) * d;
    const key = keyAt(20 + 7 * i);
    for (let c = 0; c < d; c++) {
      q.numbers[at + c] = sharpness * code[c]!;
      k.numbers[key + c] = fidelity * code[c]! + Math.sqrt(1 - fidelity ** 2) * k.numbers[key + c]!;
    }
  }
  for (let token = 0; token < tokens; token++) {
    const common = Math.sqrt((mean / (1 - mean)) * d);
    k.numbers[keyAt(token)]! += common;
  }
  return { q, k, v };
}
