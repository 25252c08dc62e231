import { largestE2m1, largestE4m3, nvfp4Block } from "../../core/formats.ts";
import type { RowDtype } from "../../core/dtype.ts";

/**
 * Rounds a row in place to numbers that a cache of a narrow type holds. Every step is rounded to float32, so that
 * engines agree to the bit.
 */
export function roundRow(row: Float32Array | Float64Array, dtype: RowDtype): void {
  switch (dtype) {
    case "f32":
      for (let i = 0; i < row.length; i++) row[i] = f32(row[i]!);
      break;
    case "bf16":
      roundToBf16(row);
      break;
    case "fp8":
      roundScaled(row, f32(largest(row, 0, row.length) / largestE4m3), roundE4m3);
      break;
    case "nvfp4":
      roundToNvfp4(row);
      break;
  }
}

const f32 = Math.fround;

/** NVFP4: E2M1 in blocks of 16, each with an E4M3 scale, under a float32 scale per row. */
function roundToNvfp4(row: Float32Array | Float64Array): void {
  const rowScale = f32(largest(row, 0, row.length) / (largestE4m3 * largestE2m1));
  for (let start = 0; start < row.length; start += nvfp4Block) {
    const end = Math.min(start + nvfp4Block, row.length);
    const blockScale = over(f32(largest(row, start, end) / largestE2m1), rowScale, roundE4m3);
    roundScaled(row.subarray(start, end), f32(blockScale * rowScale), roundE2m1);
  }
}

/** row[i] = scale round(row[i] / scale) */
function roundScaled(row: Float32Array | Float64Array, scale: number, round: (x: number) => number): void {
  for (let i = 0; i < row.length; i++) row[i] = f32(over(row[i]!, scale, round) * scale);
}

/** The nearest number of a format to x / scale; zero for a scale of zero. */
export const over = (x: number, scale: number, round: (x: number) => number): number =>
  scale === 0 ? 0 : round(f32(f32(x) / scale));

/** Largest magnitude of row[start ... end). */
export function largest(row: Float32Array | Float64Array, start: number, end: number): number {
  let max = 0;
  for (let i = start; i < end; i++) max = Math.max(max, Math.abs(f32(row[i]!)));
  return max;
}

/** IEEE 754 binary16: 5 exponent bits, largest 65504, subnormal step 2^-24. */
export const roundF16 = (x: number): number => roundSmallFloat(x, 10, 2 ** -24, 65504);
export const roundE4m3 = (x: number): number => roundSmallFloat(x, 3, 2 ** -9, largestE4m3);

/** E2M1: 0, .5, 1, 1.5, 2, 3, 4 and 6. There are so few that comparisons are fastest; ties go to the even mantissa. */
export function roundE2m1(x: number): number {
  const magnitude = Math.abs(x);
  const small = magnitude < 0.75 ? (magnitude <= 0.25 ? 0 : 0.5) : magnitude <= 1.25 ? 1 : 1.5;
  const large = magnitude < 3.5 ? (magnitude <= 2.5 ? 2 : 3) : magnitude <= 5 ? 4 : largestE2m1;
  const rounded = magnitude < 1.75 ? small : large;
  return x < 0 ? -rounded : rounded;
}

/** Nearest number of a small float format, ties to even, saturating. Powers of two scale exactly. */
function roundSmallFloat(x: number, mantissaBits: number, subnormalStep: number, max: number): number {
  const magnitude = Math.min(Math.abs(x), max);
  const exponent = Math.floor(Math.log2(magnitude));
  const step = Math.max(subnormalStep, 2 ** (exponent - mantissaBits));
  const rounded = Math.min(max, roundHalfEven(magnitude / step) * step);
  return x < 0 ? -rounded : rounded;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Upper 16 bits of a float32, to nearest, ties to even. */
function roundToBf16(row: Float32Array | Float64Array): void {
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  for (let i = 0; i < row.length; i++) {
    number[0] = row[i]!;
    const odd = (bits[0]! >>> 16) & 1;
    bits[0] = (bits[0]! + 0x7fff + odd) & 0xffff0000;
    row[i] = number[0];
  }
}
