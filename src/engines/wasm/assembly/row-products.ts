import { decodedNumbers } from "../abi";
import { bytes } from "./simd";
import { rowOf, Table } from "./table";

/** Sums of rows i and i + 1, and of i + 2 and i + 3, each in a lane of its own. */
let firstPair: v128 = f64x2.splat(0);
let secondPair: v128 = f64x2.splat(0);

/**
 * Inner product of each row of a chunk with its vector, or with itself, column after column in float64.
 *
 * @param scratch room for four decoded rows
 * @param vectors (ceil(n / every), width) float64 if `double` is 1, else float32; or 0 for the rows themselves
 * @param out (n) float64
 */
export function rowProducts(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  table: Table,
  n: i32,
  vectors: usize,
  double: i32,
  every: i32,
  out: usize,
): void {
  const width = table.width;
  const roomBytes = bytes((width + (decodedNumbers - 1)) & ~(decodedNumbers - 1));
  const vectorBytes = bytes(width) << double;
  const end = min(n, (chunk + 1) * perChunk);
  let i = chunk * perChunk;
  while (i < end) {
    const which = i / every;
    const last = min(end, (which + 1) * every) - 1;
    const vector = vectors + <usize>which * vectorBytes;
    for (; i <= last; i += 4) {
      const x0 = rowOf(table, i, scratch);
      const x1 = rowOf(table, min(last, i + 1), scratch + roomBytes);
      const x2 = rowOf(table, min(last, i + 2), scratch + 2 * roomBytes);
      const x3 = rowOf(table, min(last, i + 3), scratch + 3 * roomBytes);
      firstPair = f64x2.splat(0);
      secondPair = f64x2.splat(0);
      if (!vectors) squares(x0, x1, x2, x3, width);
      else if (double) products<f64>(x0, x1, x2, x3, vector, width);
      else products<f32>(x0, x1, x2, x3, vector, width);
      const to = out + (<usize>i << 3);
      store<f64>(to, f64x2.extract_lane(firstPair, 0));
      if (i + 1 <= last) store<f64>(to, f64x2.extract_lane(firstPair, 1), 8);
      if (i + 2 <= last) store<f64>(to, f64x2.extract_lane(secondPair, 0), 16);
      if (i + 3 <= last) store<f64>(to, f64x2.extract_lane(secondPair, 1), 24);
    }
    i = last + 1;
  }
}

@inline
function squares(x0: usize, x1: usize, x2: usize, x3: usize, width: i32): void {
  let first = firstPair;
  let second = secondPair;
  const whole = bytes(width & ~3);
  const end = bytes(width);
  let c: usize = 0;
  for (; c < whole; c += 16) {
    const a = v128.load(x0 + c);
    const b = v128.load(x1 + c);
    const d = v128.load(x2 + c);
    const e = v128.load(x3 + c);
    const lowAb = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const lowDe = v128.shuffle<i32>(d, e, 0, 4, 1, 5);
    const highAb = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const highDe = v128.shuffle<i32>(d, e, 2, 6, 3, 7);
    first = addSquare(first, firstTwo(lowAb));
    second = addSquare(second, firstTwo(lowDe));
    first = addSquare(first, lastTwo(lowAb));
    second = addSquare(second, lastTwo(lowDe));
    first = addSquare(first, firstTwo(highAb));
    second = addSquare(second, firstTwo(highDe));
    first = addSquare(first, lastTwo(highAb));
    second = addSquare(second, lastTwo(highDe));
  }
  for (; c < end; c += 4) {
    first = addSquare(first, twoNumbers(x0 + c, x1 + c));
    second = addSquare(second, twoNumbers(x2 + c, x3 + c));
  }
  firstPair = first;
  secondPair = second;
}

@inline
function products<T>(x0: usize, x1: usize, x2: usize, x3: usize, vector: usize, width: i32): void {
  let first = firstPair;
  let second = secondPair;
  const whole = bytes(width & ~3);
  const end = bytes(width);
  let c: usize = 0;
  for (; c < whole; c += 16) {
    const a = v128.load(x0 + c);
    const b = v128.load(x1 + c);
    const d = v128.load(x2 + c);
    const e = v128.load(x3 + c);
    const lowAb = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const lowDe = v128.shuffle<i32>(d, e, 0, 4, 1, 5);
    const highAb = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const highDe = v128.shuffle<i32>(d, e, 2, 6, 3, 7);
    let by = numberOf<T>(vector, c);
    first = addProduct(first, firstTwo(lowAb), by);
    second = addProduct(second, firstTwo(lowDe), by);
    by = numberOf<T>(vector, c + 4);
    first = addProduct(first, lastTwo(lowAb), by);
    second = addProduct(second, lastTwo(lowDe), by);
    by = numberOf<T>(vector, c + 8);
    first = addProduct(first, firstTwo(highAb), by);
    second = addProduct(second, firstTwo(highDe), by);
    by = numberOf<T>(vector, c + 12);
    first = addProduct(first, lastTwo(highAb), by);
    second = addProduct(second, lastTwo(highDe), by);
  }
  for (; c < end; c += 4) {
    const by = numberOf<T>(vector, c);
    first = addProduct(first, twoNumbers(x0 + c, x1 + c), by);
    second = addProduct(second, twoNumbers(x2 + c, x3 + c), by);
  }
  firstPair = first;
  secondPair = second;
}

/** The vector's number at float32 offset c, in both lanes. */
@inline
function numberOf<T>(vector: usize, c: usize): v128 {
  return sizeof<T>() == 8 ? v128.load64_splat(vector + (c << 1)) : f64x2.splat(<f64>load<f32>(vector + c));
}

@inline
function addSquare(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, x));
}

@inline
function addProduct(sum: v128, x: v128, y: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, y));
}

@inline
function firstTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function lastTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
}

@inline
function twoNumbers(x: usize, y: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load_lane<f32>(y, v128.load32_zero(x), 1));
}
