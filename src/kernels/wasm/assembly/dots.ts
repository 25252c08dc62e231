import { bytes, lanesBelow, multiplyAdd, splat, sumLanesOfFour } from "./simd";

/**
 * Dot products of one query with the four rows at k0 ... k3, as one vector. Two vectors a step.
 *
 * @param q query, zero-padded to whole pairs of vectors; the rows are masked beyond their width, since what follows a
 * row in memory may be NaN
 */
@inline
export function fourDots(q: usize, k0: usize, k1: usize, k2: usize, k3: usize, width: i32): v128 {
  let a0 = splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  const end = q + bytes(width & ~7);
  while (q < end) {
    // all loads first: more of them are in flight
    const x = v128.load(q);
    const y0 = v128.load(k0);
    const y1 = v128.load(k1);
    const y2 = v128.load(k2);
    const y3 = v128.load(k3);
    const z = v128.load(q, 16);
    const w0 = v128.load(k0, 16);
    const w1 = v128.load(k1, 16);
    const w2 = v128.load(k2, 16);
    const w3 = v128.load(k3, 16);
    a0 = multiplyAdd(x, y0, a0);
    a1 = multiplyAdd(x, y1, a1);
    a2 = multiplyAdd(x, y2, a2);
    a3 = multiplyAdd(x, y3, a3);
    a0 = multiplyAdd(z, w0, a0);
    a1 = multiplyAdd(z, w1, a1);
    a2 = multiplyAdd(z, w2, a2);
    a3 = multiplyAdd(z, w3, a3);
    q += 32;
    k0 += 32;
    k1 += 32;
    k2 += 32;
    k3 += 32;
  }
  for (let rest = width & 7, c: usize = 0; rest > 0; rest -= 4, c += 16) {
    const mask = lanesBelow(0, rest);
    const x = v128.load(q + c);
    a0 = multiplyAdd(x, v128.and(v128.load(k0 + c), mask), a0);
    a1 = multiplyAdd(x, v128.and(v128.load(k1 + c), mask), a1);
    a2 = multiplyAdd(x, v128.and(v128.load(k2 + c), mask), a2);
    a3 = multiplyAdd(x, v128.and(v128.load(k3 + c), mask), a3);
  }
  return sumLanesOfFour(a0, a1, a2, a3);
}

/** Rows of a tile of keys. */
export const TILE = 64;

/**
 * Scaled dot products of a block of queries with up to 64 rows: tile[t][q]. Eight queries and four rows at a time; the
 * tile is filled up to a multiple of four rows by repeating the last.
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

/** Address of the row that is j-th of the list at `list`, or of row j where there is no list. */
@inline
export function rowAt(base: usize, rowBytes: usize, list: usize, j: i32): usize {
  return base + <usize>(list ? load<u32>(list + bytes(j)) : <u32>j) * rowBytes;
}
