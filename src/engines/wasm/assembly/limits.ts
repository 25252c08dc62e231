import { bytes, multiplyAdd, splat, sumLanes } from "./simd";

/** Kernels of the machine's limits: reading alone, and multiply-add alone. */

/**
 * Reads the numbers [item perItem, (item + 1) perItem) once, and writes their sum to out[item].
 *
 * @param perItem numbers, a multiple of 32
 */
export function readStream(item: i32, scratch: usize, perItem: i32, numbers: usize, out: usize): void {
  let at = numbers + <usize>item * bytes(perItem);
  const end = at + bytes(perItem);
  let s0 = splat(0);
  let s1 = splat(0);
  let s2 = splat(0);
  let s3 = splat(0);
  let s4 = splat(0);
  let s5 = splat(0);
  let s6 = splat(0);
  let s7 = splat(0);
  for (; at < end; at += 128) {
    s0 = f32x4.add(s0, v128.load(at));
    s1 = f32x4.add(s1, v128.load(at, 16));
    s2 = f32x4.add(s2, v128.load(at, 32));
    s3 = f32x4.add(s3, v128.load(at, 48));
    s4 = f32x4.add(s4, v128.load(at, 64));
    s5 = f32x4.add(s5, v128.load(at, 80));
    s6 = f32x4.add(s6, v128.load(at, 96));
    s7 = f32x4.add(s7, v128.load(at, 112));
  }
  const low = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  const high = f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7));
  store<f32>(out + bytes(item), sumLanes(f32x4.add(low, high)));
}

/**
 * Computes x / 2 + 1 `steps` times on twelve vectors in registers, each a chain of its own. Twelve chains hide the
 * latency of a multiplication and an addition. Writes the sum of all, which tends to 96, to out[item].
 *
 * @param scratch (2) the constants, which V8 13 would make anew in every step if they did not come from memory
 */
export function multiplyAddChains(item: i32, scratch: usize, steps: i32, out: usize): void {
  store<f32>(scratch, 0.5);
  store<f32>(scratch, 1, 4);
  const half = v128.load32_splat(scratch);
  const one = v128.load32_splat(scratch, 4);
  let x0 = splat(0);
  let x1 = splat(0.25);
  let x2 = splat(0.5);
  let x3 = splat(0.75);
  let x4 = splat(1);
  let x5 = splat(1.25);
  let x6 = splat(1.5);
  let x7 = splat(1.75);
  let x8 = splat(2);
  let x9 = splat(2.25);
  let x10 = splat(2.5);
  let x11 = splat(2.75);
  for (let step = 0; step < steps; step++) {
    x0 = multiplyAdd(x0, half, one);
    x1 = multiplyAdd(x1, half, one);
    x2 = multiplyAdd(x2, half, one);
    x3 = multiplyAdd(x3, half, one);
    x4 = multiplyAdd(x4, half, one);
    x5 = multiplyAdd(x5, half, one);
    x6 = multiplyAdd(x6, half, one);
    x7 = multiplyAdd(x7, half, one);
    x8 = multiplyAdd(x8, half, one);
    x9 = multiplyAdd(x9, half, one);
    x10 = multiplyAdd(x10, half, one);
    x11 = multiplyAdd(x11, half, one);
  }
  const a = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
  const b = f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7));
  const c = f32x4.add(f32x4.add(x8, x9), f32x4.add(x10, x11));
  store<f32>(out + bytes(item), sumLanes(f32x4.add(f32x4.add(a, b), c)));
}
