import { fourDots, rowAt } from "./dots";
import { bytes, exp, FAR, maxLanes, multiplyAdd, paddedBytes, splat, sumLanes } from "./simd";

/** Rows whose scores are held at a time. */
const SPAN = 256;

/**
 * Softmax attention of one query over a piece of its rows.
 *
 * @param item which piece: items[item] = (query, first, end), positions in `list`, or rows where `list` is 0
 * @param scratch (256 + padded value width)
 * @param queries (Q, padded width), zero-padded
 * @param partials a record for each item: max, sum, moment, 0, and the unnormalised output (padded value width)
 */
export function attendOne(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  keys: usize,
  values: usize,
  list: usize,
  width: i32,
  valueWidth: i32,
  scale: f32,
  partials: usize,
): void {
  const keyBytes = bytes(width);
  const valueBytes = bytes(valueWidth);
  const outputBytes = paddedBytes(valueWidth);
  const piece = items + <usize>item * 12;
  const query = queries + <usize>load<i32>(piece) * paddedBytes(width);
  const first = load<i32>(piece, 4);
  const end = load<i32>(piece, 8);
  const record = partials + <usize>item * (16 + outputBytes);
  const output = record + 16;
  const scores = scratch;
  const part = scratch + SPAN * 4;

  let top = FAR;
  let sum: f64 = 0;
  let moment: f64 = 0;
  memory.fill(output, 0, outputBytes);
  for (let start = first; start < end; start += SPAN) {
    const count = min(SPAN, end - start);
    const last = start + count - 1;
    const factor = splat(scale);
    let highest = splat(top);
    for (let t = 0; t < count; t += 4) {
      const j = start + t;
      const dots = fourDots(
        query,
        rowAt(keys, keyBytes, list, j),
        rowAt(keys, keyBytes, list, min(j + 1, last)),
        rowAt(keys, keyBytes, list, min(j + 2, last)),
        rowAt(keys, keyBytes, list, min(j + 3, last)),
        width,
      );
      const scaled = f32x4.mul(dots, factor);
      v128.store(scores + bytes(t), scaled);
      highest = f32x4.pmax(highest, scaled);
    }
    for (let t = count; t & 3; t++) store<f32>(scores + bytes(t), FAR); // repeats of the last row

    const newTop = maxLanes(highest);
    if (newTop > top) {
      const shrink = f32x4.extract_lane(exp(splat(top - newTop)), 0);
      moment = <f64>shrink * (moment + sum * <f64>(top - newTop));
      sum *= <f64>shrink;
      for (let c: usize = 0; c < outputBytes; c += 16)
        v128.store(output + c, f32x4.mul(v128.load(output + c), splat(shrink)));
      top = newTop;
    }
    let partSum = splat(0);
    let partMoment = splat(0);
    for (let t: usize = 0; t < bytes(count); t += 16) {
      const gap = f32x4.sub(v128.load(scores + t), splat(top));
      const weight = exp(gap);
      v128.store(scores + t, weight);
      partSum = f32x4.add(partSum, weight);
      partMoment = multiplyAdd(weight, gap, partMoment);
    }
    sum += <f64>sumLanes(partSum);
    moment += <f64>sumLanes(partMoment);

    memory.fill(part, 0, outputBytes);
    for (let t = 0; t < count; t += 4) {
      const j = start + t;
      addFourRows(
        part,
        outputBytes,
        scores + bytes(t),
        rowAt(values, valueBytes, list, j),
        rowAt(values, valueBytes, list, min(j + 1, last)),
        rowAt(values, valueBytes, list, min(j + 2, last)),
        rowAt(values, valueBytes, list, min(j + 3, last)),
      );
    }
    for (let c: usize = 0; c < outputBytes; c += 16)
      v128.store(output + c, f32x4.add(v128.load(output + c), v128.load(part + c)));
  }
  store<f32>(record, top);
  store<f32>(record, <f32>sum, 4);
  store<f32>(record, <f32>moment, 8);
}

/** to += sum over four rows of weight times row. Lanes beyond the width hold whatever follows the rows. */
@inline
function addFourRows(
  to: usize,
  rowBytes: usize,
  weights: usize,
  v0: usize,
  v1: usize,
  v2: usize,
  v3: usize,
): void {
  const p0 = v128.load32_splat(weights);
  const p1 = v128.load32_splat(weights, 4);
  const p2 = v128.load32_splat(weights, 8);
  const p3 = v128.load32_splat(weights, 12);
  const end = to + rowBytes;
  while (to < end) {
    const x0 = v128.load(v0);
    const x1 = v128.load(v1);
    const x2 = v128.load(v2);
    const x3 = v128.load(v3);
    const y0 = v128.load(v0, 16);
    const y1 = v128.load(v1, 16);
    const y2 = v128.load(v2, 16);
    const y3 = v128.load(v3, 16);
    const a = f32x4.add(multiplyAdd(p1, x1, f32x4.mul(p0, x0)), multiplyAdd(p3, x3, f32x4.mul(p2, x2)));
    const b = f32x4.add(multiplyAdd(p1, y1, f32x4.mul(p0, y0)), multiplyAdd(p3, y3, f32x4.mul(p2, y2)));
    v128.store(to, f32x4.add(v128.load(to), a));
    v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
    to += 32;
    v0 += 32;
    v1 += 32;
    v2 += 32;
    v3 += 32;
  }
}
