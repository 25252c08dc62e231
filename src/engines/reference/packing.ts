import { largestE2m1, largestE4m3, nvfp4Block } from "../../core/formats.ts";
import { e2m1, e4m3, packedRowBytes } from "../../core/packed.ts";
import type { PackedRows } from "../../core/packed.ts";
import { largest, over, roundE2m1, roundE4m3, roundRow } from "./rounding.ts";

const f32 = Math.fround;

/** Codes of the numbers of a small format. */
const codesOf = (decode: (code: number) => number, codes: number): ReadonlyMap<number, number> =>
  new Map(Array.from({ length: codes }, (_, code) => [decode(code), code]));

const e4m3Codes = codesOf(e4m3, 0x7f);
const e2m1Codes = codesOf(e2m1, 8);

const signed = (codes: ReadonlyMap<number, number>, x: number, sign: number): number =>
  codes.get(Math.abs(x))! | (1 / x < 0 ? sign : 0);

/** Packs the numbers of row i. */
export function packRow(row: Float32Array | Float64Array, { dtype, codes }: PackedRows, i: number): void {
  const width = row.length;
  const stride = packedRowBytes[dtype](width);
  const out = new DataView(codes.buffer, codes.byteOffset + i * stride, stride);
  switch (dtype) {
    case "bf16": {
      const rounded = Float32Array.from(row);
      roundRow(rounded, "bf16");
      const bits = new Uint32Array(rounded.buffer);
      for (let c = 0; c < width; c++) out.setUint16(2 * c, bits[c]! >>> 16, true);
      break;
    }
    case "fp8": {
      const scale = f32(largest(row, 0, width) / largestE4m3);
      out.setFloat32(0, scale, true);
      for (let c = 0; c < width; c++)
        out.setUint8(4 + c, signed(e4m3Codes, over(row[c]!, scale, roundE4m3), 0x80));
      break;
    }
    case "nvfp4": {
      const blocks = Math.ceil(width / nvfp4Block);
      const rowScale = f32(largest(row, 0, width) / (largestE4m3 * largestE2m1));
      out.setFloat32(0, rowScale, true);
      for (let b = 0; b < blocks; b++) {
        const start = b * nvfp4Block;
        const end = Math.min(start + nvfp4Block, width);
        const blockScale = over(f32(largest(row, start, end) / largestE2m1), rowScale, roundE4m3);
        out.setUint8(4 + b, e4m3Codes.get(blockScale)!);
        const scale = f32(blockScale * rowScale);
        for (let j = 0; j < nvfp4Block / 2; j++) {
          const code = (at: number): number =>
            at < end ? signed(e2m1Codes, over(row[at]!, scale, roundE2m1), 8) : 0;
          out.setUint8(4 + blocks + 8 * b + j, code(start + j) | (code(start + j + 8) << 4));
        }
      }
      break;
    }
  }
}
