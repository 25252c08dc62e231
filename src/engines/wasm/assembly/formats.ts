import { largestE2m1, largestE4m3 } from "../../../core/formats";
import { bytes, lanesBelow, maxLanes, splat } from "./simd";

const LARGEST_E4M3: f32 = <f32>largestE4m3;
const LARGEST_E2M1: f32 = <f32>largestE2m1;

/** bf16 in the upper halves of float32 numbers, to nearest, ties to even. */
@inline
export function toBf16(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  const rounded = i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd);
  return v128.and(rounded, i32x4.splat(0xffff0000));
}

/** Nearest E4M3 number to x / scale: 3 bits of mantissa, subnormal below 2^-6. */
@inline
export function toE4m3(x: v128, scale: f32): v128 {
  return nearest(x, scale, 0.125, 0.001953125, LARGEST_E4M3);
}

/** Nearest E2M1 number to x / scale: 1 bit of mantissa, subnormal below 1. */
@inline
export function toE2m1(x: v128, scale: f32): v128 {
  return nearest(x, scale, 0.5, 0.5, LARGEST_E2M1);
}

/** Scale of an fp8 row. */
@inline
export function fp8Scale(row: usize, width: i32): f32 {
  return largest(row, 0, width) / LARGEST_E4M3;
}

/** Scale of an NVFP4 row's block scales. */
@inline
export function nvfp4Scale(row: usize, width: i32): f32 {
  return largest(row, 0, width) / (LARGEST_E4M3 * LARGEST_E2M1);
}

/** E4M3 scale of the block row[start ... end), in all lanes; the block's numbers are multiplied by the row's scale too. */
@inline
export function blockScale(row: usize, start: i32, end: i32, rowScale: f32): v128 {
  return toE4m3(splat(largest(row, start, end) / LARGEST_E2M1), rowScale);
}

/** Largest magnitude of row[start ... end). */
@inline
function largest(row: usize, start: i32, end: i32): f32 {
  let most = splat(0);
  let c = start;
  for (; c + 4 <= end; c += 4) most = f32x4.pmax(most, f32x4.abs(v128.load(row + bytes(c))));
  if (c < end) most = f32x4.pmax(most, v128.and(f32x4.abs(v128.load(row + bytes(c))), lanesBelow(c, end)));
  return maxLanes(most);
}

/**
 * Nearest number of a small float format to x / scale, ties to even, saturating; zeros where the scale is zero.
 *
 * @param resolution step of the format over the power of two below a number: 2^-mantissa bits
 */
@inline
function nearest(x: v128, scale: f32, resolution: f32, subnormalStep: f32, most: f32): v128 {
  if (scale == 0) return splat(0);
  const limited = f32x4.pmax(f32x4.pmin(f32x4.div(x, splat(scale)), splat(most)), splat(-most));
  const powerOfTwo = v128.and(limited, i32x4.splat(0x7f800000));
  const step = f32x4.pmax(f32x4.mul(powerOfTwo, splat(resolution)), splat(subnormalStep));
  const inverse = i32x4.sub(i32x4.splat(0x7f000000), step); // of a power of two, exactly
  return f32x4.mul(f32x4.nearest(f32x4.mul(limited, inverse)), step);
}
