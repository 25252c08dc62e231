import { kvDtypeBytes } from "../../core/dtype.ts";
import { largestE2m1 } from "../../core/formats.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { largest, over, roundE2m1, roundRow } from "../../engines/reference/rounding.ts";

/** A type that an index stores its keys in: the bytes of a key, and the rounding of keys and index queries to it. */
export interface IndexFormat {
  bytes(dim: number): number;
  /** Rounds (n, dim) rows in place. */
  round(rows: Tensor, ops: Ops): void;
}

/** Calls back for each block of `size` numbers of every row; the last one of a row may be shorter. */
function eachBlock(rows: Tensor, size: number, see: (block: Float32Array | Float64Array) => void): void {
  const [count, width] = rows.shape as [number, number];
  const numbers = flat(rows);
  for (let row = 0; row < count; row++)
    for (let start = 0; start < width; start += size)
      see(numbers.subarray(row * width + start, row * width + Math.min(width, start + size)));
}

/** E4M3 with a float32 scale for each 128 numbers: act_quant in deepseek-ai/DeepSeek-V3.2-Exp, inference/kernel.py. */
export const fp8Index: IndexFormat = {
  bytes: (dim) => dim + 4 * Math.ceil(dim / 128),
  round(rows, ops) {
    if (rows.shape[1]! <= 128) ops.round(rows, "fp8");
    else eachBlock(rows, 128, (block) => roundRow(block, "fp8"));
  },
};

const f32 = Math.fround;

/** Numbers under one scale in MXFP4. */
const mxfp4Block = 32;

/**
 * MXFP4: E2M1 in blocks of 32, each with a scale that is a power of two, in a byte: 68 B for 128 numbers. The scale is
 * the least with which the largest number fits, as in DeepSeek-V4's fp4_act_quant (inference/kernel.py).
 */
export const mxfp4Index: IndexFormat = {
  bytes: (dim) => dim / 2 + Math.ceil(dim / 32),
  round(rows) {
    const [count, width] = rows.shape as [number, number];
    const numbers = flat(rows);
    for (let row = 0; row < count; row++)
      for (let start = 0; start < width; start += mxfp4Block) {
        const first = row * width + start;
        const end = first + Math.min(mxfp4Block, width - start);
        const most = Math.max(largest(numbers, first, end), largestE2m1 * 2 ** -126);
        const scale = 2 ** Math.ceil(Math.log2(f32(most * f32(1 / largestE2m1))));
        for (let i = first; i < end; i++) numbers[i] = f32(over(numbers[i]!, scale, roundE2m1) * scale);
      }
  },
};

/** bf16, without scales. */
export const bf16Index: IndexFormat = {
  bytes: (dim) => dim * kvDtypeBytes.bf16,
  round: (rows, ops) => ops.round(rows, "bf16"),
};
