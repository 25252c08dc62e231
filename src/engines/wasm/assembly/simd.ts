import { farScore, paddedNumbers } from "../abi";

/** Operations on four float32 lanes. None is fused or relaxed, so that the bits are the same on every machine. */

/** `farScore` as the kernels compare it. */
export const FAR: f32 = <f32>farScore;

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** a b + c */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

@inline
export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** The four lane sums of four vectors, as one vector. */
@inline
export function sumLanesOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 2, 6), v128.shuffle<f32>(c, d, 1, 5, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Ones in the lanes c + lane < end, zeros beyond. */
@inline
export function lanesBelow(c: i32, end: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(c), i32x4(0, 1, 2, 3)), i32x4.splat(end));
}

/** Bytes of `width` float32 numbers, padded to whole pairs of vectors. */
@inline
export function paddedBytes(width: i32): usize {
  return (<usize>((width + (paddedNumbers - 1)) & ~(paddedNumbers - 1))) << 2;
}

@inline
export function bytes(count: i32): usize {
  return (<usize>count) << 2;
}

/**
 * exp(x) for x <= 0, and 0 below -87.3. x = n log 2 + r, and e^r is the polynomial of Cephes' expf. Adding 1.5 2^23
 * rounds to the integer n and leaves it in the low bits, from where it is shifted into the exponent.
 */
@inline
export function exp(x: v128): v128 {
  const rounder = splat(12582912);
  const shifted = multiplyAdd(x, splat(1.44269504088896341), rounder);
  const n = f32x4.sub(shifted, rounder);
  let r = f32x4.sub(x, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, splat(-2.1219444e-4)));
  let p = multiplyAdd(splat(1.98756915e-4), r, splat(1.3981999507e-3));
  p = multiplyAdd(p, r, splat(8.3334519073e-3));
  p = multiplyAdd(p, r, splat(4.1665795894e-2));
  p = multiplyAdd(p, r, splat(1.6666665459e-1));
  p = multiplyAdd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), splat(1));
  const scaled = i32x4.add(p, i32x4.shl(shifted, 23));
  return v128.and(scaled, f32x4.ge(x, splat(-87.3)));
}

/** log(x) for x in (0, 1], by Cephes' logf. */
@inline
export function log(x: v128): v128 {
  let exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126));
  let f = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000)); // [0.5, 1)
  const low = f32x4.lt(f, splat(0.707106781186547524));
  exponent = i32x4.add(exponent, low); // a true lane is -1
  f = f32x4.sub(f32x4.add(f, v128.and(low, f)), splat(1));
  const z = f32x4.mul(f, f);
  let y = multiplyAdd(splat(7.0376836292e-2), f, splat(-1.151461031e-1));
  y = multiplyAdd(y, f, splat(1.1676998740e-1));
  y = multiplyAdd(y, f, splat(-1.2420140846e-1));
  y = multiplyAdd(y, f, splat(1.4249322787e-1));
  y = multiplyAdd(y, f, splat(-1.6668057665e-1));
  y = multiplyAdd(y, f, splat(2.0000714765e-1));
  y = multiplyAdd(y, f, splat(-2.4999993993e-1));
  y = multiplyAdd(y, f, splat(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, f), z);
  const e = f32x4.convert_i32x4_s(exponent);
  y = multiplyAdd(e, splat(-2.1219444e-4), y);
  y = multiplyAdd(z, splat(-0.5), y);
  return multiplyAdd(e, splat(0.693359375), f32x4.add(f, y));
}

/** Copies exactly `width` numbers. */
@inline
export function copyRow(to: usize, from: usize, width: i32): void {
  const whole = bytes(width & ~3);
  const end = bytes(width);
  let c: usize = 0;
  for (; c < whole; c += 16) v128.store(to + c, v128.load(from + c));
  for (; c < end; c += 4) store<f32>(to + c, load<f32>(from + c));
}
