import { dtypeF32, pieceBytes, pieceEnd, pieceFirst, pieceGroup } from "../abi";
import { bytes, exp, lanesBelow, paddedBytes, splat } from "./simd";
import { rowOf, Table } from "./table";

// Reads of a recurrent state (../../state.ts), in float64. Vectors r and decay are padded with zeros to whole pairs of
// float32 vectors.

/**
 * Walks back over the tokens of piece `item` with the vector r of its query, and writes their weights.
 *
 * @param scratch two padded keys and room for a decoded row each
 * @param vectors (Q, padded width) float64: r of each query, which is left as it is before the piece's first token
 * @param elu 1 for keys as ELU + 1 of their numbers, 0 for keys of length 1
 * @param decay (padded width) float64, or 0 where the state forgets nothing
 * @param weights (items, perPiece) float64, the weight of the piece's first token first
 * @param reached (items) int32: first token with a weight, less than zero (~t) if all tokens before it are forgotten
 */
export function stateWeights(
  item: i32,
  scratch: usize,
  perPiece: i32,
  pieces: usize,
  keys: Table,
  vectors: usize,
  decay: usize,
  elu: i32,
  strength: f64,
  replaces: i32,
  forgotten: f64,
  forgottenEvery: i32,
  weights: usize,
  reached: usize,
): void {
  const piece = pieces + <usize>item * pieceBytes;
  const first = load<i32>(piece, pieceFirst);
  const end = load<i32>(piece, pieceEnd);
  const width = keys.width;
  const padded = paddedBytes(width);
  const room = scratch + 2 * padded;
  const r = vectors + <usize>load<i32>(piece, pieceGroup) * (padded << 1);
  // weights[t - first] is the weight of token t
  const to = weights + ((<usize>item * perPiece) << 3);
  let t = end - 1;
  let key = writtenKey(keys, t, elu, scratch, room);
  let product = dots(r, key, padded);
  let square = squares;
  if (!decay) {
    for (; ; ) {
      store<f64>(to + ((<usize>(t - first)) << 3), (strength * product) / lengthOf(square, elu));
      if (--t < first) break;
      product = dots(r, writtenKey(keys, t, elu, scratch, room), padded);
      square = squares;
    }
    store<i32>(reached + bytes(item), first);
    return;
  }
  let here = scratch;
  let there = scratch + padded;
  for (; ; t--) {
    const length = lengthOf(square, elu);
    const weight = (strength * product) / length;
    store<f64>(to + ((<usize>(t - first)) << 3), weight);
    const taken = replaces ? weight / length : 0;
    const last = t == first;
    if (last) lose(r, key, decay, taken, padded);
    else {
      const next = writtenKey(keys, t - 1, elu, there, room);
      product = loseAndDot(r, key, next, decay, taken, padded);
      square = squares;
      key = next;
      const swap = here;
      here = there;
      there = swap;
    }
    if (t % forgottenEvery == 0 && sqrt(squareOf(r, padded)) < forgotten) {
      store<i32>(reached + bytes(item), ~t);
      return;
    }
    if (last) break;
  }
  store<i32>(reached + bytes(item), first);
}

/**
 * Adds up the values of the tokens of piece `item` by their weights, from the token that it reached on.
 *
 * @param scratch four decoded rows and room for another
 * @param out (items, width padded) float64
 */
export function stateOutput(
  item: i32,
  scratch: usize,
  perPiece: i32,
  pieces: usize,
  values: Table,
  weights: usize,
  reached: usize,
  out: usize,
): void {
  const piece = pieces + <usize>item * pieceBytes;
  const first = load<i32>(piece, pieceFirst);
  const end = load<i32>(piece, pieceEnd);
  const stop = load<i32>(reached + bytes(item));
  const width = values.width;
  const padded = paddedBytes(width);
  const roomBytes = padded + 128;
  const sums = out + <usize>item * (padded << 1);
  memory.fill(sums, 0, padded << 1);
  let t = stop < 0 ? ~stop : stop;
  let weight = weights + ((<usize>item * perPiece + (t - first)) << 3);
  for (; t < end; t += 4) {
    const count = min(4, end - t);
    const w0 = v128.load64_splat(weight);
    const x0 = rowOf(values, t, scratch);
    if (count < 4) {
      addRow(sums, x0, w0, width);
      if (count > 1)
        addRow(sums, rowOf(values, t + 1, scratch), v128.load64_splat(weight, 8), width);
      if (count > 2)
        addRow(sums, rowOf(values, t + 2, scratch), v128.load64_splat(weight, 16), width);
      return;
    }
    const w1 = v128.load64_splat(weight, 8);
    const w2 = v128.load64_splat(weight, 16);
    const w3 = v128.load64_splat(weight, 24);
    const x1 = rowOf(values, t + 1, scratch + roomBytes);
    const x2 = rowOf(values, t + 2, scratch + 2 * roomBytes);
    const x3 = rowOf(values, t + 3, scratch + 3 * roomBytes);
    weight += 32;
    for (let c: usize = 0; c < padded; c += 8) {
      const at = sums + (c << 1);
      let sum = v128.load(at);
      sum = f64x2.add(sum, f64x2.mul(w0, f64x2.promote_low_f32x4(v128.load64_zero(x0 + c))));
      sum = f64x2.add(sum, f64x2.mul(w1, f64x2.promote_low_f32x4(v128.load64_zero(x1 + c))));
      sum = f64x2.add(sum, f64x2.mul(w2, f64x2.promote_low_f32x4(v128.load64_zero(x2 + c))));
      sum = f64x2.add(sum, f64x2.mul(w3, f64x2.promote_low_f32x4(v128.load64_zero(x3 + c))));
      v128.store(at, sum);
    }
  }
}

/** sums += weight row. Numbers that follow a row end in the padding of the sums, which nobody reads. */
function addRow(sums: usize, row: usize, weight: v128, width: i32): void {
  const padded = paddedBytes(width);
  for (let c: usize = 0; c < padded; c += 8) {
    const at = sums + (c << 1);
    const x = f64x2.promote_low_f32x4(v128.load64_zero(row + c));
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(weight, x)));
  }
}

/**
 * Address of key t, or of ELU + 1 of its numbers, followed by zeros up to whole pairs of vectors: its own, or `copy`.
 */
@inline
function writtenKey(keys: Table, t: i32, elu: i32, copy: usize, room: usize): usize {
  const width = keys.width;
  const key = rowOf(keys, t, room);
  if (!elu && keys.dtype == dtypeF32 && (width & 7) == 0) return key;
  const padded = paddedBytes(width);
  for (let c: usize = 0; c < padded; c += 16) {
    const inside = lanesBelow(<i32>(c >> 2), width);
    const x = v128.and(v128.load(key + c), inside);
    v128.store(copy + c, elu ? v128.and(eluOf(x), inside) : x);
  }
  return copy;
}

/** ELU + 1 */
@inline
function eluOf(x: v128): v128 {
  const zero = splat(0);
  return v128.bitselect(f32x4.add(x, splat(1)), exp(f32x4.pmin(x, zero)), f32x4.gt(x, zero));
}

/** |key|^2 of the last call of `dots` or `loseAndDot`. */
let squares: f64 = 0;

/** r . key; leaves |key|^2 in `squares`. */
@inline
function dots(r: usize, key: usize, padded: usize): f64 {
  let p0 = f64x2.splat(0);
  let p1 = f64x2.splat(0);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let c: usize = 0; c < padded; c += 16) {
    const x = f64x2.promote_low_f32x4(v128.load64_zero(key + c));
    const y = f64x2.promote_low_f32x4(v128.load64_zero(key + c, 8));
    p0 = f64x2.add(p0, f64x2.mul(v128.load(r + (c << 1)), x));
    p1 = f64x2.add(p1, f64x2.mul(v128.load(r + (c << 1), 16), y));
    s0 = f64x2.add(s0, f64x2.mul(x, x));
    s1 = f64x2.add(s1, f64x2.mul(y, y));
  }
  squares = sumPair(f64x2.add(s0, s1));
  return sumPair(f64x2.add(p0, p1));
}

/** r = (r - taken key) decay; then r . next. Leaves |next|^2 in `squares`. */
@inline
function loseAndDot(r: usize, key: usize, next: usize, decay: usize, taken: f64, padded: usize): f64 {
  const share = f64x2.splat(taken);
  let p0 = f64x2.splat(0);
  let p1 = f64x2.splat(0);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let c: usize = 0; c < padded; c += 16) {
    const at = r + (c << 1);
    const by = decay + (c << 1);
    const k0 = f64x2.promote_low_f32x4(v128.load64_zero(key + c));
    const k1 = f64x2.promote_low_f32x4(v128.load64_zero(key + c, 8));
    const r0 = f64x2.mul(f64x2.sub(v128.load(at), f64x2.mul(share, k0)), v128.load(by));
    const r1 = f64x2.mul(f64x2.sub(v128.load(at, 16), f64x2.mul(share, k1)), v128.load(by, 16));
    v128.store(at, r0);
    v128.store(at, r1, 16);
    const x0 = f64x2.promote_low_f32x4(v128.load64_zero(next + c));
    const x1 = f64x2.promote_low_f32x4(v128.load64_zero(next + c, 8));
    p0 = f64x2.add(p0, f64x2.mul(r0, x0));
    p1 = f64x2.add(p1, f64x2.mul(r1, x1));
    s0 = f64x2.add(s0, f64x2.mul(x0, x0));
    s1 = f64x2.add(s1, f64x2.mul(x1, x1));
  }
  squares = sumPair(f64x2.add(s0, s1));
  return sumPair(f64x2.add(p0, p1));
}

/** r = (r - taken key) decay. */
@inline
function lose(r: usize, key: usize, decay: usize, taken: f64, padded: usize): void {
  loseAndDot(r, key, key, decay, taken, padded);
}

@inline
function squareOf(r: usize, padded: usize): f64 {
  let sum = f64x2.splat(0);
  for (let c: usize = 0; c < padded << 1; c += 16) {
    const x = v128.load(r + c);
    sum = f64x2.add(sum, f64x2.mul(x, x));
  }
  return sumPair(sum);
}

/** Length by which a key of that square is divided; 1 for a zero key, which stays zero, and for ELU + 1. */
@inline
function lengthOf(square: f64, elu: i32): f64 {
  return elu || square == 0 ? 1 : sqrt(square);
}

@inline
function sumPair(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
