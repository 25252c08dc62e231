import { dtypeF32, readAheadBytes } from "../abi";
import { CONSTANTS, dotPacked, fusible } from "./fused";
import { bytes, lanesBelow, multiplyAdd, splat, sumLanesOfFour } from "./simd";
import { addressOf, decode, listed, Table } from "./table";

/**
 * Dot products of one query with the j-th to (j + 3)-th rows of a list, as one vector; rows beyond `last` are replaced by
 * it. Rows are read one after another: memory is read ahead along one stream, and along four it has a third of its speed.
 *
 * @param q query, zero-padded to whole pairs of vectors
 * @param list 0 for the rows j ... j + 3
 * @param room for constants and a decoded row
 */
@inline
export function fourDots(q: usize, table: Table, list: usize, j: i32, last: i32, room: usize): v128 {
  return sumLanesOfFour(
    rowLanes(q, table, listed(list, j), room),
    rowLanes(q, table, listed(list, min(j + 1, last)), room),
    rowLanes(q, table, listed(list, min(j + 2, last)), room),
    rowLanes(q, table, listed(list, min(j + 3, last)), room),
  );
}

@inline
function rowLanes(q: usize, table: Table, r: u32, room: usize): v128 {
  const row = addressOf(table, r);
  if (table.dtype == dtypeF32) return dotLanes(q, row, table.width);
  if (fusible(table, row)) return dotPacked(table, q, row, room);
  return dotLanes(q, decode(table, row, room + CONSTANTS), table.width);
}

/**
 * Four lanes whose sum is the dot product of a query and a row. With four sums no addition waits for the one before. The
 * row is masked beyond its width, since the numbers that follow it in memory may be NaN.
 */
@inline
function dotLanes(q: usize, k: usize, width: i32): v128 {
  let a = splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = q + bytes(width & ~15);
  while (q < end) {
    const x0 = v128.load(k);
    const x1 = v128.load(k, 16);
    const x2 = v128.load(k, 32);
    const x3 = v128.load(k, 48);
    a = multiplyAdd(v128.load(q), x0, a);
    b = multiplyAdd(v128.load(q, 16), x1, b);
    c = multiplyAdd(v128.load(q, 32), x2, c);
    d = multiplyAdd(v128.load(q, 48), x3, d);
    q += 64;
    k += 64;
  }
  for (let rest = width & 15; rest > 0; rest -= 4) {
    a = multiplyAdd(v128.load(q), v128.and(v128.load(k), lanesBelow(0, rest)), a);
    q += 16;
    k += 16;
  }
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Bits that `readAhead` has read. Without a use the compiler could leave the reads out. */
let seen: v128 = i32x4.splat(0);

/**
 * Reads a number of each 64 bytes, in order, before rows are worked on side by side. Memory is read ahead along one
 * stream, and along several it has less than half of its speed.
 */
@inline
function readAhead(from: usize, length: usize): void {
  let all = seen;
  const end = from + length;
  for (; from < end; from += readAheadBytes)
    all = v128.or(
      v128.or(all, v128.load(from)),
      v128.or(v128.load(from, 64), v128.or(v128.load(from, 128), v128.load(from, 192))),
    );
  seen = all;
}

/**
 * Scaled dot products of a block of queries with up to 64 rows: tile[t][q], eight queries and four rows at a time. The
 * tile is filled up to a multiple of four rows by repeating the last row.
 *
 * @param queries (width, block), transposed; block a multiple of 8
 * @param count rows, at most 64
 */
export function tileDots(
  queries: usize,
  block: i32,
  rows: usize,
  count: i32,
  width: i32,
  scale: f32,
  tile: usize,
): void {
  const rowBytes = bytes(width);
  const blockBytes = bytes(block);
  const last = rows + <usize>(count - 1) * rowBytes;
  const factor = splat(scale);
  for (let t = 0; t < count; t += 4) {
    const k0 = rows + <usize>t * rowBytes;
    const k1 = min(last, k0 + rowBytes);
    const k2 = min(last, k1 + rowBytes);
    const k3 = min(last, k2 + rowBytes);
    const line = tile + <usize>t * blockBytes;
    readAhead(k0, k3 + rowBytes - k0);
    for (let q: usize = 0; q < blockBytes; q += 32) {
      let a0 = splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      let c0 = a0;
      let c1 = a0;
      let d0 = a0;
      let d1 = a0;
      let x = queries + q;
      for (let c: usize = 0; c < rowBytes; c += 4) {
        const x0 = v128.load(x);
        const x1 = v128.load(x, 16);
        x += blockBytes;
        const y0 = v128.load32_splat(k0 + c);
        const y1 = v128.load32_splat(k1 + c);
        const y2 = v128.load32_splat(k2 + c);
        const y3 = v128.load32_splat(k3 + c);
        a0 = multiplyAdd(y0, x0, a0);
        b0 = multiplyAdd(y1, x0, b0);
        c0 = multiplyAdd(y2, x0, c0);
        d0 = multiplyAdd(y3, x0, d0);
        a1 = multiplyAdd(y0, x1, a1);
        b1 = multiplyAdd(y1, x1, b1);
        c1 = multiplyAdd(y2, x1, c1);
        d1 = multiplyAdd(y3, x1, d1);
      }
      let to = line + q;
      v128.store(to, f32x4.mul(a0, factor));
      v128.store(to, f32x4.mul(a1, factor), 16);
      to += blockBytes;
      v128.store(to, f32x4.mul(b0, factor));
      v128.store(to, f32x4.mul(b1, factor), 16);
      to += blockBytes;
      v128.store(to, f32x4.mul(c0, factor));
      v128.store(to, f32x4.mul(c1, factor), 16);
      to += blockBytes;
      v128.store(to, f32x4.mul(d0, factor));
      v128.store(to, f32x4.mul(d1, factor), 16);
    }
  }
}
