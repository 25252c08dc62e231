import { decodedNumbers } from "../abi";
import { bytes, multiplyAdd, splat } from "./simd";
import { rowOf, Table } from "./table";

// Sums of four rows are held together, column by column, so that a column of four rows is a vector: (ceil(n / 4), dim,
// 4). The last row fills up the last four.

/**
 * sums[i, outputs[c]] += factors[c] rows[i, c] for the rows of a chunk, column after column.
 *
 * @param perChunk a multiple of four
 * @param scratch room for four decoded rows
 * @param outputs (width) int32
 * @param fresh 1 if the sums hold nothing yet and count as zeros
 */
export function sketch(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  table: Table,
  n: i32,
  outputs: usize,
  factors: usize,
  sums: usize,
  dim: i32,
  fresh: i32,
): void {
  const width = table.width;
  const rowBytes = bytes(width);
  const roomBytes = bytes((width + (decodedNumbers - 1)) & ~(decodedNumbers - 1));
  const sumBytes = bytes(dim) << 2;
  const end = min(n, (chunk + 1) * perChunk);
  const wholeEnd = outputs + bytes(width & ~3);
  const outputsEnd = outputs + rowBytes;
  for (let i = chunk * perChunk; i < end; i += 4) {
    const four = sums + <usize>(i >> 2) * sumBytes;
    if (fresh) for (let c: usize = 0; c < sumBytes; c += 16) v128.store(four + c, splat(0));
    let x0 = rowOf(table, i, scratch);
    let x1 = rowOf(table, min(i + 1, end - 1), scratch + roomBytes);
    let x2 = rowOf(table, min(i + 2, end - 1), scratch + 2 * roomBytes);
    let x3 = rowOf(table, min(i + 3, end - 1), scratch + 3 * roomBytes);
    let output = outputs;
    let factor = factors;
    while (output < wholeEnd) {
      const a = v128.load(x0);
      const b = v128.load(x1);
      const c = v128.load(x2);
      const d = v128.load(x3);
      const lowAb = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const lowCd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const highAb = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const highCd = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      add(four, output, factor, v128.shuffle<i32>(lowAb, lowCd, 0, 1, 4, 5));
      add(four, output + 4, factor + 4, v128.shuffle<i32>(lowAb, lowCd, 2, 3, 6, 7));
      add(four, output + 8, factor + 8, v128.shuffle<i32>(highAb, highCd, 0, 1, 4, 5));
      add(four, output + 12, factor + 12, v128.shuffle<i32>(highAb, highCd, 2, 3, 6, 7));
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
      output += 16;
      factor += 16;
    }
    while (output < outputsEnd) {
      let column = v128.load32_splat(x0);
      column = v128.load_lane<f32>(x1, column, 1);
      column = v128.load_lane<f32>(x2, column, 2);
      column = v128.load_lane<f32>(x3, column, 3);
      add(four, output, factor, column);
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
      output += 4;
      factor += 4;
    }
  }
}

/** Adds a column of four rows, times its factor, to the sums of its output. */
@inline
function add(four: usize, output: usize, factor: usize, column: v128): void {
  const sum = four + ((<usize>load<i32>(output)) << 4);
  v128.store(sum, multiplyAdd(v128.load32_splat(factor), column, v128.load(sum)));
}

/** Writes the sums of a chunk row by row. @param out (n, dim) */
export function sketchRows(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  sums: usize,
  n: i32,
  dim: i32,
  out: usize,
): void {
  const rowBytes = bytes(dim);
  const whole = bytes(dim & ~3);
  const end = min(n, (chunk + 1) * perChunk);
  const last = out + <usize>(end - 1) * rowBytes;
  for (let i = chunk * perChunk; i < end; i += 4) {
    const y0 = out + <usize>i * rowBytes;
    const y1 = min(last, y0 + rowBytes);
    const y2 = min(last, y1 + rowBytes);
    const y3 = min(last, y2 + rowBytes);
    let four = sums + <usize>i * rowBytes;
    let c: usize = 0;
    for (; c < whole; c += 16) {
      const a = v128.load(four);
      const b = v128.load(four, 16);
      const d = v128.load(four, 32);
      const e = v128.load(four, 48);
      const low01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const low23 = v128.shuffle<i32>(d, e, 0, 4, 1, 5);
      const high01 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const high23 = v128.shuffle<i32>(d, e, 2, 6, 3, 7);
      v128.store(y0 + c, v128.shuffle<i32>(low01, low23, 0, 1, 4, 5));
      v128.store(y1 + c, v128.shuffle<i32>(low01, low23, 2, 3, 6, 7));
      v128.store(y2 + c, v128.shuffle<i32>(high01, high23, 0, 1, 4, 5));
      v128.store(y3 + c, v128.shuffle<i32>(high01, high23, 2, 3, 6, 7));
      four += 64;
    }
    for (; c < rowBytes; c += 4) {
      store<f32>(y0 + c, load<f32>(four));
      store<f32>(y1 + c, load<f32>(four, 4));
      store<f32>(y2 + c, load<f32>(four, 8));
      store<f32>(y3 + c, load<f32>(four, 12));
      four += 16;
    }
  }
}
