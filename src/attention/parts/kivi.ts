import { flat, rowNumbers } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Space } from "../../engines/ops.ts";
import { roundF16 } from "../../engines/reference/rounding.ts";
import type { KeyValueCache } from "../cache.ts";

/** Numbers of a group, which share a least number and a step. */
const group = 32;
/** Newest tokens kept in full precision: `residual` of V; of K, the remainder after whole runs of `residual`. */
const residual = 128;
const largestCode = 3;

/**
 * A copy of a cache as KIVI stores it: 2 bits a number, K in groups of 32 tokens of a channel, V in groups of 32
 * channels of a token. Each group has its least number and its step in fp16. The copies lie in the heads' spaces.
 *
 * Liu et al. 2024, arXiv 2402.02750, algorithm 1; code jy-yuan/KIVI, quant/new_pack.py. Group 32, residual 128. The
 * newest tokens keep full precision; in the source they are fp16.
 */
export const kivi = (cache: KeyValueCache): KeyValueCache => ({
  ...cache,
  heads: cache.heads.map(({ space, keys, values }) => ({
    space,
    keys: { ...keys, tensor: quantisedKeys(copyOf(keys.tensor, space)) },
    values: { ...values, tensor: quantisedValues(copyOf(values.tensor, space)) },
  })),
});

function copyOf(rows: Rows, space: Space): Tensor {
  const [count, width] = rows.shape;
  const own = space.empty(count, width);
  for (let t = 0; t < count; t++) flat(own).set(rowNumbers(rows, t), t * width);
  return own;
}

/** In place. */
function quantisedKeys(keys: Tensor): Tensor {
  const [count, width] = keys.shape as [number, number];
  const end = count - (count % residual);
  for (let t = 0; t < end; t += group)
    for (let c = 0; c < width; c++) quantise(flat(keys), t * width + c, width, group);
  return keys;
}

/** In place. */
function quantisedValues(values: Tensor): Tensor {
  const [count, width] = values.shape as [number, number];
  for (let t = 0; t < count - residual; t++)
    for (let c = 0; c < width; c += group)
      quantise(flat(values), t * width + c, 1, Math.min(group, width - c));
  return values;
}

/** Rounds `count` numbers, `step` apart, to four levels from the least to the largest. */
function quantise(data: Float32Array | Float64Array, start: number, step: number, count: number): void {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0, at = start; i < count; i++, at += step) {
    if (data[at]! < least) least = data[at]!;
    if (data[at]! > most) most = data[at]!;
  }
  const [zero, scale] = [roundF16(least), roundF16((most - least) / largestCode)];
  for (let i = 0, at = start; i < count; i++, at += step) {
    const code = scale === 0 ? 0 : Math.round((data[at]! - zero) / scale);
    data[at] = Math.fround(zero + scale * Math.min(largestCode, Math.max(0, code)));
  }
}
