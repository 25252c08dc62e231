import { bytes, copyRow, paddedBytes, splat } from "./simd";
import { rowOf, Table } from "./table";

/**
 * Means of `block` rows every `stride` rows, for the blocks [chunk perChunk, (chunk + 1) perChunk).
 *
 * @param scratch (padded width), and room for a decoded row
 * @param out (ceil(n / stride), width)
 */
export function blockMean(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  table: Table,
  n: i32,
  block: i32,
  stride: i32,
  out: usize,
): void {
  const width = table.width;
  const rowBytes = bytes(width);
  const padded = paddedBytes(width);
  const room = scratch + padded;
  const blocks = (n + stride - 1) / stride;
  const end = min(blocks, (chunk + 1) * perChunk);
  for (let b = chunk * perChunk; b < end; b++) {
    const first = b * stride;
    const count = min(block, n - first);
    memory.fill(scratch, 0, padded);
    for (let r = 0; r < count; r++) {
      const row = rowOf(table, first + r, room);
      for (let c: usize = 0; c < padded; c += 32) {
        const x0 = v128.load(row + c);
        const x1 = v128.load(row + c, 16);
        v128.store(scratch + c, f32x4.add(v128.load(scratch + c), x0));
        v128.store(scratch + c, f32x4.add(v128.load(scratch + c, 16), x1), 16);
      }
    }
    const share = splat(<f32>1 / <f32>count);
    for (let c: usize = 0; c < padded; c += 16)
      v128.store(scratch + c, f32x4.mul(v128.load(scratch + c), share));
    copyRow(out + <usize>b * rowBytes, scratch, width);
  }
}

/**
 * Channel-wise minima and maxima of the pages [chunk perChunk, (chunk + 1) perChunk).
 *
 * @param scratch (2, padded width), and room for a decoded row
 * @param out (ceil(n / page), 2 width)
 */
export function pageMinMax(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  table: Table,
  n: i32,
  page: i32,
  out: usize,
): void {
  const width = table.width;
  const rowBytes = bytes(width);
  const padded = paddedBytes(width);
  const pages = (n + page - 1) / page;
  const end = min(pages, (chunk + 1) * perChunk);
  const least = scratch;
  const most = scratch + padded;
  const room = most + padded;
  for (let p = chunk * perChunk; p < end; p++) {
    const first = p * page;
    const count = min(page, n - first);
    let row = rowOf(table, first, room);
    for (let c: usize = 0; c < padded; c += 16) {
      v128.store(least + c, v128.load(row + c));
      v128.store(most + c, v128.load(row + c));
    }
    for (let r = 1; r < count; r++) {
      row = rowOf(table, first + r, room);
      for (let c: usize = 0; c < padded; c += 16) {
        const x = v128.load(row + c);
        v128.store(least + c, f32x4.pmin(v128.load(least + c), x));
        v128.store(most + c, f32x4.pmax(v128.load(most + c), x));
      }
    }
    const to = out + <usize>p * 2 * rowBytes;
    copyRow(to, least, width);
    copyRow(to + rowBytes, most, width);
  }
}
