import { bytes, lanesBelow, maxLanes, splat } from "./simd";

/** Largest E4M3, and largest E2M1; their steps below which they are subnormal are 2^-9 and 1/2. */
const LARGEST_E4M3: f32 = 448;
const LARGEST_E2M1: f32 = 6;
const NVFP4_BLOCK = 16;

/** Stores the lanes of a row that lie before `end`. */
@inline
function storeBefore(row: usize, c: i32, end: i32, x: v128): void {
  const at = row + bytes(c);
  if (c + 4 <= end) {
    v128.store(at, x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (c + 1 < end) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (c + 2 < end) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}

/** Upper 16 bits of float32, to nearest, ties to even. */
export function roundBf16(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    for (let c = 0; c < width; c += 4) {
      const bits = v128.load(row + bytes(c));
      const odd = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(1));
      const rounded = i32x4.add(i32x4.add(bits, i32x4.splat(0x7fff)), odd);
      storeBefore(row, c, width, v128.and(rounded, i32x4.splat(0xffff0000)));
    }
  }
}

/** E4M3 under one float32 scale per row. */
export function roundFp8(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const scale = largest(row, 0, width) / LARGEST_E4M3;
    for (let c = 0; c < width; c += 4)
      storeBefore(row, c, width, roundScaled(v128.load(row + bytes(c)), scale, 0.125, 0.001953125, LARGEST_E4M3));
  }
}

/** E2M1 in blocks of 16, each with an E4M3 scale, under one float32 scale per row. */
export function roundNvfp4(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const rowScale = largest(row, 0, width) / (LARGEST_E4M3 * LARGEST_E2M1);
    for (let start = 0; start < width; start += NVFP4_BLOCK) {
      const stop = min(start + NVFP4_BLOCK, width);
      const wanted = largest(row, start, stop) / LARGEST_E2M1;
      const scaled = roundScaled(splat(wanted), rowScale, 0.125, 0.001953125, LARGEST_E4M3);
      const scale = f32x4.extract_lane(scaled, 0);
      for (let c = start; c < stop; c += 4)
        storeBefore(row, c, stop, roundScaled(v128.load(row + bytes(c)), scale, 0.5, 0.5, LARGEST_E2M1));
    }
  }
}

/** Largest magnitude of row[start ... end). */
@inline
function largest(row: usize, start: i32, end: i32): f32 {
  let most = splat(0);
  for (let c = start; c < end; c += 4)
    most = f32x4.pmax(most, v128.and(f32x4.abs(v128.load(row + bytes(c))), lanesBelow(c, end)));
  return maxLanes(most);
}

/**
 * scale round(x / scale), to a small float format, ties to even, saturating; zeros where the scale is zero.
 *
 * @param resolution step of the format over the power of two below a number: 2^-mantissa bits
 */
@inline
function roundScaled(x: v128, scale: f32, resolution: f32, subnormalStep: f32, most: f32): v128 {
  const limited = f32x4.pmax(f32x4.pmin(f32x4.div(x, splat(scale)), splat(most)), splat(-most));
  const powerOfTwo = v128.and(limited, i32x4.splat(0x7f800000));
  const step = f32x4.pmax(f32x4.mul(powerOfTwo, splat(resolution)), splat(subnormalStep));
  const inverse = i32x4.sub(i32x4.splat(0x7f000000), step); // of a power of two, exactly
  const rounded = f32x4.mul(f32x4.nearest(f32x4.mul(limited, inverse)), step);
  return scale == 0 ? splat(0) : f32x4.mul(rounded, splat(scale));
}
