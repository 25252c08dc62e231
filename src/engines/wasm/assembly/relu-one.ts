import { pieceBytes, pieceEnd, pieceFirst } from "../abi";
import { bytes, lanesBelow, multiplyAdd, splat, sumLanes, sumLanesOfFour } from "./simd";
import { rowOf, Table } from "./table";

/**
 * Weighted sums over four index heads of the positive parts of dot products, for a piece of rows and one query. Rows are
 * read one after another: memory is read ahead along one stream, and along two it has half of its speed.
 *
 * @param item index of a piece: items[item] = (0, first row, end row)
 * @param scratch room for a decoded row
 * @param query (columns / 4, heads, 4): four columns of each head side by side, zero-padded to whole pairs of fours
 * @param weights (heads)
 * @param out (n)
 */
export function scoresReluOne(
  item: i32,
  scratch: usize,
  items: usize,
  query: usize,
  weights: usize,
  table: Table,
  out: usize,
): void {
  const part = items + <usize>item * pieceBytes;
  const end = load<i32>(part, pieceEnd);
  const width = table.width;
  const wholeBytes = bytes(width & ~7);
  const weight = v128.load(weights);
  for (let r = load<i32>(part, pieceFirst); r < end; r++) {
    let k = rowOf(table, r, scratch);
    let q = query;
    let a = splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (const whole = k + wholeBytes; k < whole; k += 32) {
      const x = v128.load(k);
      const y = v128.load(k, 16);
      a = multiplyAdd(v128.load(q), x, a);
      b = multiplyAdd(v128.load(q, 16), x, b);
      c = multiplyAdd(v128.load(q, 32), x, c);
      d = multiplyAdd(v128.load(q, 48), x, d);
      a = multiplyAdd(v128.load(q, 64), y, a);
      b = multiplyAdd(v128.load(q, 80), y, b);
      c = multiplyAdd(v128.load(q, 96), y, c);
      d = multiplyAdd(v128.load(q, 112), y, d);
      q += 128;
    }
    for (let rest = width & 7; rest > 0; rest -= 4) {
      const x = v128.and(v128.load(k), lanesBelow(0, rest)); // numbers that follow a row may be NaN
      a = multiplyAdd(v128.load(q), x, a);
      b = multiplyAdd(v128.load(q, 16), x, b);
      c = multiplyAdd(v128.load(q, 32), x, c);
      d = multiplyAdd(v128.load(q, 48), x, d);
      k += 16;
      q += 64;
    }
    const positive = f32x4.pmax(splat(0), sumLanesOfFour(a, b, c, d));
    store<f32>(out + bytes(r), sumLanes(f32x4.mul(weight, positive)));
  }
}
