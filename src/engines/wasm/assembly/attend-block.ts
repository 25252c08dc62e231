import { pieceBytes, pieceEnd, pieceFirst, tileRows } from "../abi";
import { tileDots } from "./dots";
import { bytes, exp, FAR, multiplyAdd, paddedBytes, splat } from "./simd";
import { rowsFrom, Table } from "./table";

/**
 * Softmax attention of a block of queries over a chunk of rows, a tile of 64 rows at a time.
 *
 * @param item index of a piece: items[item] = (block, first row, end row)
 * @param scratch (64, block), and room for 64 decoded rows
 * @param block queries of a block, a multiple of 8
 * @param queries (blocks, width, block), each block transposed
 * @param limits (blocks, block) query i sees the rows [0, limits[i])
 * @param partials a record for each item: max, sum and moment (block each) and the unnormalised output (block, padded
 * value width). The max of a query that sees no row stays FAR; its other numbers mean nothing.
 */
export function attendBlock(
  item: i32,
  scratch: usize,
  items: usize,
  block: i32,
  queries: usize,
  limits: usize,
  keys: Table,
  values: Table,
  scale: f32,
  partials: usize,
): void {
  const blockBytes = bytes(block);
  const width = keys.width;
  const valueWidth = values.width;
  const outputBytes = paddedBytes(valueWidth);
  const room = scratch + <usize>tileRows * blockBytes;
  const part = items + <usize>item * pieceBytes;
  const index = <usize>load<i32>(part);
  const first = load<i32>(part, pieceFirst);
  const end = load<i32>(part, pieceEnd);
  const record = partials + <usize>item * (3 * blockBytes + <usize>block * outputBytes);
  const top = record;
  const sum = top + blockBytes;
  const moment = sum + blockBytes;
  const output = moment + blockBytes;
  queries += index * blockBytes * <usize>width;
  limits += index * blockBytes;

  for (let q: usize = 0; q < blockBytes; q += 16) v128.store(top + q, splat(FAR));
  memory.fill(sum, 0, 2 * blockBytes + <usize>block * outputBytes);
  let shortest = i32.MAX_VALUE;
  for (let q: usize = 0; q < blockBytes; q += 4) shortest = min(shortest, load<i32>(limits + q));

  for (let start = first; start < end; start += tileRows) {
    const count = min(tileRows, end - start);
    const tile = scratch;
    tileDots(queries, block, rowsFrom(keys, start, count, room), count, width, scale, tile);
    const filled = (count + 3) & ~3;
    if (start + filled > min(shortest, end)) hide(tile, blockBytes, limits, start, count, filled);
    for (let q: usize = 0; q < blockBytes; q += 16)
      weigh(tile + q, blockBytes, <usize>filled * blockBytes, top + q, sum + q, moment + q, output + (q >> 2) * outputBytes, outputBytes);
    addValues(tile, blockBytes, rowsFrom(values, start, count, room), count, bytes(valueWidth), output, outputBytes);
  }
}

/** Hides the rows that a query does not see, and the repeats of the last row beyond `count`. */
function hide(tile: usize, blockBytes: usize, limits: usize, start: i32, count: i32, filled: i32): void {
  for (let t = 0; t < filled; t++) {
    const row = i32x4.splat(t < count ? start + t : i32.MAX_VALUE);
    for (let q: usize = 0; q < blockBytes; q += 16) {
      const seen = i32x4.lt_s(row, v128.load(limits + q));
      v128.store(tile + q, v128.bitselect(v128.load(tile + q), splat(FAR), seen));
    }
    tile += blockBytes;
  }
}

/** Turns the scores of four queries in a tile into weights, and updates their running max, sum and moment. */
@inline
function weigh(
  tile: usize,
  blockBytes: usize,
  tileBytes: usize,
  top: usize,
  sum: usize,
  moment: usize,
  output: usize,
  outputBytes: usize,
): void {
  const oldTop = v128.load(top);
  let newTop = oldTop;
  for (let t: usize = 0; t < tileBytes; t += blockBytes) newTop = f32x4.pmax(newTop, v128.load(tile + t));
  let tileSum = splat(0);
  let tileMoment = splat(0);
  for (let t: usize = 0; t < tileBytes; t += blockBytes) {
    const gap = f32x4.sub(v128.load(tile + t), newTop);
    const weight = exp(gap);
    v128.store(tile + t, weight);
    tileSum = f32x4.add(tileSum, weight);
    tileMoment = multiplyAdd(weight, gap, tileMoment);
  }
  const fall = f32x4.sub(oldTop, newTop);
  const shrink = exp(fall);
  const oldSum = v128.load(sum);
  const movedMoment = f32x4.mul(shrink, multiplyAdd(oldSum, fall, v128.load(moment)));
  v128.store(top, newTop);
  v128.store(sum, multiplyAdd(oldSum, shrink, tileSum));
  v128.store(moment, f32x4.add(movedMoment, tileMoment));
  if (v128.any_true(f32x4.ne(oldTop, newTop))) {
    scaleRow(output, outputBytes, f32x4.extract_lane(shrink, 0));
    scaleRow(output + outputBytes, outputBytes, f32x4.extract_lane(shrink, 1));
    scaleRow(output + 2 * outputBytes, outputBytes, f32x4.extract_lane(shrink, 2));
    scaleRow(output + 3 * outputBytes, outputBytes, f32x4.extract_lane(shrink, 3));
  }
}

@inline
function scaleRow(row: usize, rowBytes: usize, factor: f32): void {
  for (let c: usize = 0; c < rowBytes; c += 16)
    v128.store(row + c, f32x4.mul(v128.load(row + c), splat(factor)));
}

/** output[q] += sum over the tile's rows t of tile[t][q] values[t]; four queries and eight columns at a time. */
function addValues(
  tile: usize,
  blockBytes: usize,
  values: usize,
  count: i32,
  valueBytes: usize,
  output: usize,
  outputBytes: usize,
): void {
  const valuesEnd = values + <usize>count * valueBytes;
  for (let c: usize = 0; c < outputBytes; c += 32) {
    for (let q: usize = 0; q < blockBytes; q += 16) {
      let a0 = splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      let c0 = a0;
      let c1 = a0;
      let d0 = a0;
      let d1 = a0;
      let weights = tile + q;
      for (let row = values + c; row < valuesEnd + c; row += valueBytes) {
        const x0 = v128.load(row);
        const x1 = v128.load(row, 16);
        const y0 = v128.load32_splat(weights);
        const y1 = v128.load32_splat(weights, 4);
        const y2 = v128.load32_splat(weights, 8);
        const y3 = v128.load32_splat(weights, 12);
        weights += blockBytes;
        a0 = multiplyAdd(y0, x0, a0);
        b0 = multiplyAdd(y1, x0, b0);
        c0 = multiplyAdd(y2, x0, c0);
        d0 = multiplyAdd(y3, x0, d0);
        a1 = multiplyAdd(y0, x1, a1);
        b1 = multiplyAdd(y1, x1, b1);
        c1 = multiplyAdd(y2, x1, c1);
        d1 = multiplyAdd(y3, x1, d1);
      }
      let to = output + (q >> 2) * outputBytes + c;
      addPair(to, a0, a1);
      to += outputBytes;
      addPair(to, b0, b1);
      to += outputBytes;
      addPair(to, c0, c1);
      to += outputBytes;
      addPair(to, d0, d1);
    }
  }
}

@inline
function addPair(to: usize, a: v128, b: v128): void {
  v128.store(to, f32x4.add(v128.load(to), a));
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
}
