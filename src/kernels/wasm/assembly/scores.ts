import { fourDots, rowAt, TILE, tileDots } from "./dots";
import { bytes, copyRow, multiplyAdd, paddedBytes, splat, sumLanes } from "./simd";

/**
 * Dot products of one query with a chunk of rows.
 *
 * @param item which part: items[item] = (query, first row, end row)
 * @param queries (Q, padded width), zero-padded
 * @param out (Q, n)
 */
export function scoresOne(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  rows: usize,
  n: i32,
  width: i32,
  out: usize,
): void {
  const part = items + <usize>item * 12;
  const query = load<i32>(part);
  const first = load<i32>(part, 4);
  const end = load<i32>(part, 8);
  const rowBytes = bytes(width);
  const q = queries + <usize>query * paddedBytes(width);
  const to = out + <usize>query * bytes(n);
  const last = rows + <usize>(end - 1) * rowBytes;
  for (let r = first; r < end; r += 4) {
    const k0 = rows + <usize>r * rowBytes;
    const k1 = min(last, k0 + rowBytes);
    const k2 = min(last, k1 + rowBytes);
    const k3 = min(last, k2 + rowBytes);
    const dots = fourDots(q, k0, k1, k2, k3, width);
    storeUpTo(to, r, end, dots, scratch);
  }
}

/** Stores the lanes of four results from `r` on that lie before `end`. */
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
 * @param item which piece: items[item] = (query, first, end), positions in `list`
 * @param queries (Q, padded width), zero-padded
 * @param out as long as the list
 */
export function scoresListed(
  item: i32,
  scratch: usize,
  items: usize,
  queries: usize,
  rows: usize,
  list: usize,
  width: i32,
  out: usize,
): void {
  const part = items + <usize>item * 12;
  const q = queries + <usize>load<i32>(part) * paddedBytes(width);
  const end = load<i32>(part, 8);
  const rowBytes = bytes(width);
  for (let j = load<i32>(part, 4); j < end; j += 4) {
    const dots = fourDots(
      q,
      rowAt(rows, rowBytes, list, j),
      rowAt(rows, rowBytes, list, min(j + 1, end - 1)),
      rowAt(rows, rowBytes, list, min(j + 2, end - 1)),
      rowAt(rows, rowBytes, list, min(j + 3, end - 1)),
      width,
    );
    storeUpTo(out, j, end, dots, scratch);
  }
}

/**
 * Dot products of a block of queries with a chunk of rows.
 *
 * @param item which part: items[item] = (block, first row, end row)
 * @param scratch (64, block)
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
  rows: usize,
  n: i32,
  width: i32,
  out: usize,
): void {
  const part = items + <usize>item * 12;
  const index = load<i32>(part);
  const first = load<i32>(part, 4);
  const end = load<i32>(part, 8);
  const blockBytes = bytes(block);
  queries += <usize>index * blockBytes * <usize>width;
  const present = min(block, count - index * block);
  for (let start = first; start < end; start += TILE) {
    const tileRows = min(TILE, end - start);
    tileDots(queries, block, rows + <usize>start * bytes(width), tileRows, width, 1, scratch);
    for (let q = 0; q < present; q++) {
      let from = scratch + bytes(q);
      let to = out + <usize>(index * block + q) * bytes(n) + bytes(start);
      const toEnd = to + bytes(tileRows);
      for (; to < toEnd; to += 4) {
        store<f32>(to, load<f32>(from));
        from += blockBytes;
      }
    }
  }
}

/**
 * Weighted sums over index heads of the positive parts of dot products, for a chunk of rows and a block of queries.
 *
 * @param item which part: items[item] = (block, first row, end row)
 * @param scratch (64, block)
 * @param block rows of a block: those of `perBlock` queries, padded to a multiple of 8
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
  rows: usize,
  n: i32,
  width: i32,
  out: usize,
): void {
  const part = items + <usize>item * 12;
  const index = load<i32>(part);
  const first = load<i32>(part, 4);
  const end = load<i32>(part, 8);
  const headBytes = bytes(heads);
  queries += <usize>index * bytes(block) * <usize>width;
  const present = min(perBlock, count - index * perBlock);
  for (let start = first; start < end; start += TILE) {
    const tileRows = min(TILE, end - start);
    tileDots(queries, block, rows + <usize>start * bytes(width), tileRows, width, 1, scratch);
    for (let q = 0; q < present; q++) {
      let line = scratch + <usize>q * headBytes;
      let to = out + <usize>(index * perBlock + q) * bytes(n) + bytes(start);
      const toEnd = to + bytes(tileRows);
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
