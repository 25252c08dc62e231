import type { RowDtype } from "./dtype.ts";
import { nvfp4Block } from "./formats.ts";

/** Types narrower than float32 that rows can be packed as. */
export const packedDtypes = ["bf16", "fp8", "nvfp4"] as const satisfies readonly RowDtype[];

export type PackedDtype = (typeof packedDtypes)[number];

/**
 * Rows stored in a narrow type, which kernels decode as they read. A row is
 * - bf16: the upper halves of its float32 numbers;
 * - fp8: a float32 scale, then an E4M3 number each;
 * - nvfp4: a float32 scale, an E4M3 scale for each block of 16, then 8 bytes a block: number i of it in the low half of
 *   byte i, number i + 8 in the high half.
 */
export interface PackedRows {
  readonly dtype: PackedDtype;
  /** (rows, width) in numbers */
  readonly shape: readonly [rows: number, width: number];
  /** (rows, packedRowBytes) */
  readonly codes: Uint8Array;
}

const blocksOf = (width: number): number => Math.ceil(width / nvfp4Block);

/** Bytes of a packed row, its scales included. */
export const packedRowBytes: Readonly<Record<PackedDtype, (width: number) => number>> = {
  bf16: (width) => 2 * width,
  fp8: (width) => 4 + width,
  nvfp4: (width) => 4 + (nvfp4Block / 2 + 1) * blocksOf(width),
};

/** Uninitialised packed rows in a region of memory. */
export const emptyPacked = (
  space: { bytes(length: number): Uint8Array },
  dtype: PackedDtype,
  rows: number,
  width: number,
): PackedRows => ({
  dtype,
  shape: [rows, width],
  codes: space.bytes(rows * packedRowBytes[dtype](width)),
});

/** Rows [from, to), as a view. */
export const packedRowsOf = (
  { dtype, shape: [, width], codes }: PackedRows,
  from: number,
  to: number,
): PackedRows => {
  const stride = packedRowBytes[dtype](width);
  return { dtype, shape: [to - from, width], codes: codes.subarray(from * stride, to * stride) };
};

/** OCP 8-bit floating point specification 1.0, table 1: 4 exponent bits, bias 7, subnormal step 2^-9. */
export const e4m3 = (code: number): number => small(code & 0x7f, 3, 7) * (code & 0x80 ? -1 : 1);

/** OCP microscaling formats specification 1.0, table 5: 2 exponent bits, bias 1, subnormal step 1/2. */
export const e2m1 = (code: number): number => small(code & 7, 1, 1) * (code & 8 ? -1 : 1);

function small(magnitude: number, mantissaBits: number, bias: number): number {
  const exponent = magnitude >> mantissaBits;
  const mantissa = (magnitude & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
  return exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias);
}

/** The numbers of row i, rounded to float32 after a multiplication by a scale. */
export function unpackedRow({ dtype, shape: [, width], codes }: PackedRows, i: number): Float32Array {
  const stride = packedRowBytes[dtype](width);
  const row = new DataView(codes.buffer, codes.byteOffset + i * stride, stride);
  switch (dtype) {
    case "bf16": {
      const out = new Float32Array(width);
      const bits = new Uint32Array(out.buffer);
      for (let c = 0; c < width; c++) bits[c] = row.getUint16(2 * c, true) << 16;
      return out;
    }
    case "fp8": {
      const scale = row.getFloat32(0, true);
      return Float32Array.from({ length: width }, (_, c) => e4m3(row.getUint8(4 + c)) * scale);
    }
    case "nvfp4": {
      const blocks = blocksOf(width);
      const rowScale = row.getFloat32(0, true);
      return Float32Array.from({ length: width }, (_, c) => {
        const block = Math.floor(c / nvfp4Block);
        const at = c % nvfp4Block;
        const byte = row.getUint8(4 + blocks + block * 8 + (at & 7));
        const scale = Math.fround(e4m3(row.getUint8(4 + block)) * rowScale);
        return e2m1(at < 8 ? byte & 15 : byte >> 4) * scale;
      });
    }
  }
}
