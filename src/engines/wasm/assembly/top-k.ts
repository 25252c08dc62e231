import { binBits, bins } from "../abi";
import { bytes, splat } from "./simd";

/** A float32 as an unsigned number of the same order; -0 and 0 are equal. */
@inline
function orderKey(x: f32): u32 {
  const bits = reinterpret<i32>(x + 0);
  return bits ^ ((bits >> 31) | 0x80000000);
}

/** The number of a key; -Infinity for the keys below it. */
@inline
function fromOrderKey(key: u32): f32 {
  const least = max(key, orderKey(-Infinity));
  return reinterpret<f32>(least & 0x80000000 ? least ^ 0x80000000 : ~least);
}

@inline
function count(histogram: usize, bin: u32): void {
  const at = histogram + (<usize>bin << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * The k largest of the first `limits[query]` scores of a query, as rows in ascending order, ties to the lower row. This
 * is radix select: a histogram over the upper 13 bits finds the bin of the k-th largest score. The rows from that bin
 * on are candidates, among which the other bits decide.
 *
 * @param query index of the query
 * @param scratch (8192 + n)
 * @param scores (Q, n)
 * @param offsets (Q + 1) positions in `rows` of each query's rows; a query has min(k, limit) of them
 */
export function topK(
  query: i32,
  scratch: usize,
  scores: usize,
  n: i32,
  limits: usize,
  offsets: usize,
  rows: usize,
): void {
  const row = scores + <usize>query * bytes(n);
  const limit = load<i32>(limits + bytes(query));
  const from = load<i32>(offsets + bytes(query));
  const k = load<i32>(offsets + bytes(query), 4) - from;
  let to = rows + bytes(from);
  if (k == limit) {
    for (let r = 0; r < k; r++) store<i32>(to + bytes(r), r);
    return;
  }
  const histogram = scratch;
  const candidates = scratch + bins * 4;

  memory.fill(histogram, 0, bins * 4);
  for (let r = 0; r < limit; r++) count(histogram, orderKey(load<f32>(row + bytes(r))) >> (32 - binBits));
  let needed = k;
  let prefix = lastBin(histogram, needed);
  needed -= above;
  const candidateEnd = collect(row, limit, fromOrderKey(prefix << (32 - binBits)), candidates);

  for (let shift: u32 = 6; ; shift = 0) {
    const width: u32 = shift ? binBits : 6;
    memory.fill(histogram, 0, bins * 4);
    for (let c = candidates; c < candidateEnd; c += 4) {
      const key = orderKey(load<f32>(row + bytes(load<i32>(c))));
      if (key >> (shift + width) == prefix) count(histogram, (key >> shift) & ((1 << width) - 1));
    }
    prefix = (prefix << width) | lastBin(histogram, needed);
    needed -= above;
    if (shift == 0) break;
  }

  // `prefix` is the key of the k-th largest; `needed` rows are taken among those equal to it
  for (let c = candidates; c < candidateEnd; c += 4) {
    const r = load<i32>(c);
    const key = orderKey(load<f32>(row + bytes(r)));
    if (key < prefix || (key == prefix && needed-- <= 0)) continue;
    store<i32>(to, r);
    to += 4;
  }
}

/** Scores in the bins above the one that `lastBin` found. */
let above: i32 = 0;

/** The highest bin such that at least `needed` scores lie in it and above. */
function lastBin(histogram: usize, needed: i32): u32 {
  above = 0;
  let bin: u32 = bins - 1;
  for (; bin > 0; bin--) {
    const here = load<i32>(histogram + (<usize>bin << 2));
    if (above + here >= needed) break;
    above += here;
  }
  return bin;
}

/** Writes the rows whose score is at least `least`, in ascending order. Returns the end of the written rows. */
function collect(row: usize, limit: i32, least: f32, to: usize): usize {
  const bound = splat(least);
  let r = 0;
  for (; r + 16 <= limit; r += 16) {
    const at = row + bytes(r);
    const a = f32x4.ge(v128.load(at), bound);
    const b = f32x4.ge(v128.load(at, 16), bound);
    const c = f32x4.ge(v128.load(at, 32), bound);
    const d = f32x4.ge(v128.load(at, 48), bound);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    let mask =
      i32x4.bitmask(a) | (i32x4.bitmask(b) << 4) | (i32x4.bitmask(c) << 8) | (i32x4.bitmask(d) << 12);
    for (; mask; mask &= mask - 1) {
      store<i32>(to, r + ctz(mask));
      to += 4;
    }
  }
  for (; r < limit; r++) {
    if (load<f32>(row + bytes(r)) < least) continue;
    store<i32>(to, r);
    to += 4;
  }
  return to;
}
