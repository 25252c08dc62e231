import { bytes, copyRow, paddedBytes, splat } from "./simd";

/**
 * Means of `block` rows every `stride` rows, for the blocks [chunk perChunk, (chunk + 1) perChunk).
 *
 * @param scratch (padded width)
 * @param out (ceil(n / stride), width)
 */
export function blockMean(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  rows: usize,
  n: i32,
  width: i32,
  block: i32,
  stride: i32,
  out: usize,
): void {
  const rowBytes = bytes(width);
  const padded = paddedBytes(width);
  const blocks = (n + stride - 1) / stride;
  const end = min(blocks, (chunk + 1) * perChunk);
  for (let b = chunk * perChunk; b < end; b++) {
    const first = b * stride;
    const count = min(block, n - first);
    let row = rows + <usize>first * rowBytes;
    memory.fill(scratch, 0, padded);
    let r = 0;
    for (; r + 4 <= count; r += 4) {
      const r1 = row + rowBytes;
      const r2 = r1 + rowBytes;
      const r3 = r2 + rowBytes;
      for (let c: usize = 0; c < padded; c += 16) {
        const pairs = f32x4.add(
          f32x4.add(v128.load(row + c), v128.load(r1 + c)),
          f32x4.add(v128.load(r2 + c), v128.load(r3 + c)),
        );
        v128.store(scratch + c, f32x4.add(v128.load(scratch + c), pairs));
      }
      row = r3 + rowBytes;
    }
    for (; r < count; r++) {
      for (let c: usize = 0; c < padded; c += 16)
        v128.store(scratch + c, f32x4.add(v128.load(scratch + c), v128.load(row + c)));
      row += rowBytes;
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
 * @param scratch (2, padded width)
 * @param out (ceil(n / page), 2 width)
 */
export function pageMinMax(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  rows: usize,
  n: i32,
  width: i32,
  page: i32,
  out: usize,
): void {
  const rowBytes = bytes(width);
  const padded = paddedBytes(width);
  const pages = (n + page - 1) / page;
  const end = min(pages, (chunk + 1) * perChunk);
  const least = scratch;
  const most = scratch + padded;
  for (let p = chunk * perChunk; p < end; p++) {
    const first = p * page;
    const count = min(page, n - first);
    let row = rows + <usize>first * rowBytes;
    for (let c: usize = 0; c < padded; c += 16) {
      v128.store(least + c, v128.load(row + c));
      v128.store(most + c, v128.load(row + c));
    }
    for (let r = 1; r < count; r++) {
      row += rowBytes;
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
