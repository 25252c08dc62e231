import { bytes, copyRow, log, multiplyAdd, splat } from "./simd";

@inline
function rotateLeft(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** Words of the blocks of Philox 4x32-10 on four counters at once: (id0, id1, lane, 0). */
let word0: v128 = i32x4.splat(0);
let word1: v128 = i32x4.splat(0);
let word2: v128 = i32x4.splat(0);
let word3: v128 = i32x4.splat(0);

function philox(key0: u32, key1: u32, id0: u32, id1: u32): void {
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  let c0 = i32x4.splat(id0);
  let c1 = i32x4.splat(id1);
  let c2 = i32x4(0, 1, 2, 3);
  let c3 = i32x4.splat(0);
  for (let round = 0; round < 10; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(m0, c0);
    const high0 = i64x2.extmul_high_i32x4_u(m0, c0);
    const low1 = i64x2.extmul_low_i32x4_u(m1, c2);
    const high1 = i64x2.extmul_high_i32x4_u(m1, c2);
    const upper0 = v128.shuffle<i32>(low0, high0, 1, 3, 5, 7);
    const upper1 = v128.shuffle<i32>(low1, high1, 1, 3, 5, 7);
    c0 = v128.xor(v128.xor(upper1, c1), i32x4.splat(key0));
    c2 = v128.xor(v128.xor(upper0, c3), i32x4.splat(key1));
    c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
    c3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  word0 = c0;
  word1 = c1;
  word2 = c2;
  word3 = c3;
}

/**
 * Fills the rows [chunk perChunk, (chunk + 1) perChunk) with standard normal numbers. Row i is the stream (key, id_i) of
 * four xoshiro128++ lanes, each seeded by a block of Philox. Box and Muller turn two draws into eight numbers.
 *
 * @param scratch (8)
 * @param ids (n, 2), or 0 for the ids (i, 0)
 */
export function fillNormal(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  out: usize,
  n: i32,
  width: i32,
  key0: u32,
  key1: u32,
  ids: usize,
): void {
  const rowBytes = bytes(width);
  const whole = bytes(width & ~7);
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const id = ids + (<usize>i << 3);
    if (ids) philox(key0, key1, load<u32>(id), load<u32>(id, 4));
    else philox(key0, key1, i, 0);
    let s0 = word0;
    let s1 = word1;
    let s2 = word2;
    let s3 = word3;
    const row = out + <usize>i * rowBytes;
    for (let c: usize = 0; c < rowBytes; c += 32) {
      const radiusWord = i32x4.add(rotateLeft(i32x4.add(s0, s3), 7), s0);
      let t = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, t);
      s3 = rotateLeft(s3, 11);
      const angleWord = i32x4.add(rotateLeft(i32x4.add(s0, s3), 7), s0);
      t = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, t);
      s3 = rotateLeft(s3, 11);

      const uniform = f32x4.mul(
        f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(radiusWord, 8)), splat(1)),
        splat(5.9604644775390625e-8), // 2^-24: in (0, 1]
      );
      const radius = f32x4.sqrt(f32x4.mul(splat(-2), log(uniform)));

      // sine and cosine of an angle in [-pi / 4, pi / 4), by Cephes' sinf and cosf
      const angle = f32x4.mul(
        f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(angleWord, 2), 8)),
        splat(9.362675e-8), // 2^-23 pi / 4
      );
      const z = f32x4.mul(angle, angle);
      let sine = multiplyAdd(splat(-1.9515295891e-4), z, splat(8.3321608736e-3));
      sine = multiplyAdd(sine, z, splat(-1.6666654611e-1));
      sine = multiplyAdd(f32x4.mul(sine, z), angle, angle);
      let cosine = multiplyAdd(splat(2.443315711809948e-5), z, splat(-1.388731625493765e-3));
      cosine = multiplyAdd(cosine, z, splat(4.166664568298827e-2));
      cosine = multiplyAdd(f32x4.mul(cosine, z), z, f32x4.mul(z, splat(-0.5)));
      cosine = f32x4.add(cosine, splat(1));

      // turned by the quadrant in the top two bits: an odd one swaps the two, and the signs follow
      const odd = i32x4.shr_s(i32x4.shl(angleWord, 1), 31);
      const sign = i32x4.splat(0x80000000);
      const half = v128.and(angleWord, sign);
      const x = v128.bitselect(sine, cosine, odd);
      const y = v128.bitselect(cosine, sine, odd);
      const xSign = v128.xor(half, v128.and(odd, sign));
      const first = f32x4.mul(radius, v128.xor(x, xSign));
      const second = f32x4.mul(radius, v128.xor(y, half));
      if (c < whole) {
        v128.store(row + c, first);
        v128.store(row + c, second, 16);
      } else {
        v128.store(scratch, first);
        v128.store(scratch, second, 16);
        copyRow(row + c, scratch, width & 7);
      }
    }
  }
}
