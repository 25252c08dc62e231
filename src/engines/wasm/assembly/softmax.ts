import { chunkBytes, chunkSum, pieceBytes, pieceEnd, pieceFirst } from "../abi";
import { bytes, exp as expLanes, lanesBelow, maxLanes, splat, sumLanes } from "./simd";

/** exp(x) for x <= 0. It is the same on every platform, unlike that of JavaScript. */
export function exp(x: f32): f32 {
  return f32x4.extract_lane(expLanes(splat(x)), 0);
}

/**
 * Turns scores into exp(scale score - m), where m is the largest scaled score of the chunk; into 0 if m is -Infinity.
 *
 * @param item index of a chunk: items[item] = (query, first, end)
 * @param scores (Q, n)
 * @param partials for each item: max and sum
 */
export function softmaxChunk(
  item: i32,
  scratch: usize,
  items: usize,
  scores: usize,
  n: i32,
  scale: f32,
  partials: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const row = scores + <usize>load<i32>(part) * bytes(n);
  const first = load<i32>(part, pieceFirst);
  const end = load<i32>(part, pieceEnd);
  const factor = splat(scale);
  const lowest = splat(-Infinity);
  let highest = lowest;
  for (let r = first; r < end; r += 4) {
    const scaled = f32x4.mul(v128.load(row + bytes(r)), factor);
    highest = f32x4.pmax(highest, v128.bitselect(scaled, lowest, lanesBelow(r, end)));
  }
  const top = maxLanes(highest);
  store<f32>(partials + <usize>item * chunkBytes, top);
  if (top == -Infinity) {
    memory.fill(row + bytes(first), 0, bytes(end - first));
    store<f32>(partials + <usize>item * chunkBytes, 0, chunkSum);
    return;
  }
  let total: f64 = 0;
  let r = first;
  while (r < end) {
    const stop = min(r + 1024, end);
    let sum = splat(0);
    for (; r + 4 <= stop; r += 4) {
      const at = row + bytes(r);
      const weight = expLanes(f32x4.sub(f32x4.mul(v128.load(at), factor), splat(top)));
      v128.store(at, weight);
      sum = f32x4.add(sum, weight);
    }
    total += <f64>sumLanes(sum);
    for (; r < stop; r++) {
      const weight = exp(load<f32>(row + bytes(r)) * scale - top);
      store<f32>(row + bytes(r), weight);
      total += <f64>weight;
    }
  }
  store<f32>(partials + <usize>item * chunkBytes, <f32>total, chunkSum);
}

/**
 * Multiplies a chunk by its factor.
 *
 * @param factors (items)
 */
export function scaleChunk(
  item: i32,
  scratch: usize,
  items: usize,
  scores: usize,
  n: i32,
  factors: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const row = scores + <usize>load<i32>(part) * bytes(n);
  const end = row + bytes(load<i32>(part, pieceEnd));
  const factor = load<f32>(factors + bytes(item));
  let at = row + bytes(load<i32>(part, pieceFirst));
  for (; at + 16 <= end; at += 16) v128.store(at, f32x4.mul(v128.load(at), splat(factor)));
  for (; at < end; at += 4) store<f32>(at, load<f32>(at) * factor);
}
