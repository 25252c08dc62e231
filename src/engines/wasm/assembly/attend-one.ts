import { dtypeF32, pieceBytes, pieceEnd, pieceFirst, recordMoment, recordOutput, recordSum, spanRows } from "../abi";
import { fourDots } from "./dots";
import { addPacked, CONSTANTS, fusible, placeConstants } from "./fused";
import { bytes, exp, FAR, maxLanes, multiplyAdd, paddedBytes, splat, sumLanes } from "./simd";
import { addressOf, decode, listed, Table } from "./table";

/** The softmax so far: largest score, sum and moment. Each thread has an instance of its own. */
let top: f32 = FAR;
let sum: f64 = 0;
let moment: f64 = 0;

/**
 * Softmax attention of one query over a piece of its rows.
 *
 * @param item index of a piece: items[item] = (query, first, end), positions in `list`, or rows if `list` is 0
 * @param scratch (256 + padded value width), and room for constants and a decoded row
 * @param queries (Q, padded width), zero-padded
 * @param partials a record for each item: max, sum, moment, 0, and the unnormalised output (padded value width)
 */
export function attendOne(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  keys: Table,
  values: Table,
  list: usize,
  scale: f32,
  partials: usize,
): void {
  const piece = items + <usize>item * pieceBytes;
  const query = queries + <usize>load<i32>(piece) * paddedBytes(keys.width);
  const first = load<i32>(piece, pieceFirst);
  const end = load<i32>(piece, pieceEnd);
  const record = partials + <usize>item * (<usize>recordOutput + paddedBytes(values.width));
  const room = scratch + spanRows * 4 + paddedBytes(values.width);
  const factor = splat(scale);
  begin(record, room, values);
  for (let start = first; start < end; start += spanRows) {
    const count = min(spanRows, end - start);
    if (list) {
      touch(keys, list, start, count);
      touch(values, list, start, count);
    }
    for (let t = 0; t < count; t += 4) {
      const dots = fourDots(query, keys, list, start + t, start + count - 1, room);
      v128.store(scratch + bytes(t), f32x4.mul(dots, factor));
    }
    absorb(record, scratch, values, list, start, count);
  }
  finish(record);
}

/**
 * `attendOne` for dot products that were made in another memory.
 *
 * @param dots dot product of position or row j of item (query, first, end): dots[offsets[item] + j - first]
 */
export function attendScored(
  item: i32,
  scratch: usize,
  items: usize,
  dots: usize,
  offsets: usize,
  values: Table,
  list: usize,
  scale: f32,
  partials: usize,
): void {
  const piece = items + <usize>item * pieceBytes;
  const first = load<i32>(piece, pieceFirst);
  const end = load<i32>(piece, pieceEnd);
  const record = partials + <usize>item * (<usize>recordOutput + paddedBytes(values.width));
  let from = dots + bytes(load<i32>(offsets + bytes(item)));
  const factor = splat(scale);
  begin(record, scratch + spanRows * 4 + paddedBytes(values.width), values);
  for (let start = first; start < end; start += spanRows) {
    const count = min(spanRows, end - start);
    for (let t: usize = 0; t < bytes(count); t += 16)
      v128.store(scratch + t, f32x4.mul(v128.load(from + t), factor));
    from += bytes(count);
    absorb(record, scratch, values, list, start, count);
  }
  finish(record);
}

/** Bits that `touch` has read. Without a use the compiler could leave the reads out. */
let touched: u32 = 0;

/**
 * Reads a number of each listed row that does not follow the row before it, ahead of all work on them. Each row that lies
 * apart waits for memory and for the address of its page; these reads wait together.
 */
function touch(table: Table, list: usize, start: i32, count: i32): void {
  let all = touched;
  let next: u32 = -1;
  for (let t = 0; t < count; t++) {
    const r = listed(list, start + t);
    if (r != next) all |= load<u32>(addressOf(table, r));
    next = r + 1;
  }
  touched = all;
}

function begin(record: usize, room: usize, values: Table): void {
  placeConstants(room);
  memory.fill(record + recordOutput, 0, paddedBytes(values.width));
  top = FAR;
  sum = 0;
  moment = 0;
}

/**
 * Adds the scaled scores of `count` rows to the softmax, and their values to the output.
 *
 * @param scores (256), then a part of the output and room
 */
function absorb(record: usize, scores: usize, values: Table, list: usize, start: i32, count: i32): void {
  const output = record + recordOutput;
  const outputBytes = paddedBytes(values.width);
  const part = scores + spanRows * 4;
  const room = part + outputBytes;
  for (let t = count; t & 3; t++) store<f32>(scores + bytes(t), FAR);
  let highest = splat(top);
  for (let t: usize = 0; t < bytes(count); t += 16) highest = f32x4.pmax(highest, v128.load(scores + t));
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
  const highestYet = splat(top);
  for (let t: usize = 0; t < bytes(count); t += 16) {
    const gap = f32x4.sub(v128.load(scores + t), highestYet);
    const weight = exp(gap);
    v128.store(scores + t, weight);
    partSum = f32x4.add(partSum, weight);
    partMoment = multiplyAdd(weight, gap, partMoment);
  }
  sum += <f64>sumLanes(partSum);
  moment += <f64>sumLanes(partMoment);

  memory.fill(part, 0, outputBytes);
  for (let t = 0; t < count; t++) {
    const weight = v128.load32_splat(scores + bytes(t));
    const row = addressOf(values, listed(list, start + t));
    if (values.dtype == dtypeF32) addRow(part, outputBytes, weight, row);
    else if (fusible(values, row)) addPacked(values, part, weight, row, room);
    else addRow(part, outputBytes, weight, decode(values, row, room + CONSTANTS));
  }
  for (let c: usize = 0; c < outputBytes; c += 16)
    v128.store(output + c, f32x4.add(v128.load(output + c), v128.load(part + c)));
}

@inline
function finish(record: usize): void {
  store<f32>(record, top);
  store<f32>(record, <f32>sum, recordSum);
  store<f32>(record, <f32>moment, recordMoment);
}

/** to += weight times row. Lanes beyond the width hold numbers that follow the row. */
@inline
function addRow(to: usize, rowBytes: usize, weight: v128, row: usize): void {
  const end = to + rowBytes;
  while (to < end) {
    const x0 = v128.load(row);
    const x1 = v128.load(row, 16);
    v128.store(to, multiplyAdd(weight, x0, v128.load(to)));
    v128.store(to, multiplyAdd(weight, x1, v128.load(to, 16)), 16);
    to += 32;
    row += 32;
  }
}
