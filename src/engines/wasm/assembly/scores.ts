import { pieceBytes, pieceEnd, pieceFirst, tileRows } from "../abi";
import { placeConstants } from "./fused";
import { fourDots, tileDots } from "./dots";
import { bytes, copyRow, multiplyAdd, paddedBytes, splat, sumLanes } from "./simd";
import { rowsFrom, Table } from "./table";

/**
 * Dot products of one query with a piece of rows.
 *
 * @param scratch (4), and room for constants and a decoded row
 * @param item index of a piece: items[item] = (query, first row, end row)
 * @param queries (Q, padded width), zero-padded
 * @param out (Q, n)
 */
export function scoresOne(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  table: Table,
  n: i32,
  out: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const query = load<i32>(part);
  const first = load<i32>(part, pieceFirst);
  const end = load<i32>(part, pieceEnd);
  const q = queries + <usize>query * paddedBytes(table.width);
  const to = out + <usize>query * bytes(n);
  placeConstants(scratch + 16);
  for (let r = first; r < end; r += 4) storeUpTo(to, r, end, fourDots(q, table, 0, r, end - 1, scratch + 16), scratch);
}

/** Stores those of four results from `r` on that lie before `end`. */
@inline
function storeUpTo(to: usize, r: i32, end: i32, dots: v128, scratch: usize): void {
  if (r + 4 <= end) {
    v128.store(to + bytes(r), dots);
    return;
  }
  v128.store(scratch, dots);
  copyRow(to + bytes(r), scratch, end - r);
}

/**
 * Dot products of one query with a piece of the rows it lists.
 *
 * @param scratch (4), and room for constants and a decoded row
 * @param item index of a piece: items[item] = (query, first, end), positions in `list`
 * @param queries (Q, padded width), zero-padded
 * @param out as long as the list
 */
export function scoresListed(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  table: Table,
  list: usize,
  out: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const q = queries + <usize>load<i32>(part) * paddedBytes(table.width);
  const end = load<i32>(part, pieceEnd);
  placeConstants(scratch + 16);
  for (let j = load<i32>(part, pieceFirst); j < end; j += 4)
    storeUpTo(out, j, end, fourDots(q, table, list, j, end - 1, scratch + 16), scratch);
}

/**
 * Dot products of a block of queries with a piece of rows.
 *
 * @param item index of a piece: items[item] = (block, first row, end row)
 * @param scratch (64, block), and room for 64 decoded rows
 * @param queries (blocks, width, block), each block transposed
 * @param count queries in all; the last block is padded
 * @param out (count, n)
 */
export function scoresBlock(
  item: i32,
  scratch: usize,
  items: usize,
  block: i32,
  queries: usize,
  count: i32,
  table: Table,
  n: i32,
  out: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const index = load<i32>(part);
  const first = load<i32>(part, pieceFirst);
  const end = load<i32>(part, pieceEnd);
  const blockBytes = bytes(block);
  const width = table.width;
  const room = scratch + <usize>tileRows * blockBytes;
  queries += <usize>index * blockBytes * <usize>width;
  const present = min(block, count - index * block);
  for (let start = first; start < end; start += tileRows) {
    const rows = min(tileRows, end - start);
    tileDots(queries, block, rowsFrom(table, start, rows, room), rows, width, 1, scratch);
    for (let q = 0; q < present; q++) {
      let from = scratch + bytes(q);
      let to = out + <usize>(index * block + q) * bytes(n) + bytes(start);
      const toEnd = to + bytes(rows);
      for (; to < toEnd; to += 4) {
        store<f32>(to, load<f32>(from));
        from += blockBytes;
      }
    }
  }
}

/**
 * Weighted sums over index heads of the positive parts of dot products, for a piece of rows and a block of queries.
 *
 * @param item index of a piece: items[item] = (block, first row, end row)
 * @param scratch (64, block), and room for 64 decoded rows
 * @param block rows of a block: the heads of `perBlock` queries, padded to a multiple of 8
 * @param heads index heads, padded to a multiple of 4 by heads of weight 0
 * @param queries (blocks, width, block), the heads of each query side by side, each block transposed
 * @param count queries in all
 * @param weights (heads)
 * @param out (count, n)
 */
export function scoresRelu(
  item: i32,
  scratch: usize,
  items: usize,
  block: i32,
  perBlock: i32,
  heads: i32,
  queries: usize,
  count: i32,
  weights: usize,
  table: Table,
  n: i32,
  out: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const index = load<i32>(part);
  const first = load<i32>(part, pieceFirst);
  const end = load<i32>(part, pieceEnd);
  const headBytes = bytes(heads);
  const width = table.width;
  const room = scratch + <usize>tileRows * bytes(block);
  queries += <usize>index * bytes(block) * <usize>width;
  const present = min(perBlock, count - index * perBlock);
  for (let start = first; start < end; start += tileRows) {
    const rows = min(tileRows, end - start);
    tileDots(queries, block, rowsFrom(table, start, rows, room), rows, width, 1, scratch);
    for (let q = 0; q < present; q++) {
      let line = scratch + <usize>q * headBytes;
      let to = out + <usize>(index * perBlock + q) * bytes(n) + bytes(start);
      const toEnd = to + bytes(rows);
      for (; to < toEnd; to += 4) {
        let sum = splat(0);
        for (let j: usize = 0; j < headBytes; j += 16)
          sum = multiplyAdd(v128.load(weights + j), f32x4.pmax(splat(0), v128.load(line + j)), sum);
        store<f32>(to, sumLanes(sum));
        line += bytes(block);
      }
    }
  }
}
