import { nvfp4Block } from "../../../core/formats";
import { blockScale, fp8Scale, nvfp4Scale, toBf16, toE2m1, toE4m3 } from "./formats";
import { bytes, splat } from "./simd";

/**
 * Packs the rows [chunk perChunk, (chunk + 1) perChunk) of (n, width) numbers, in the layout of core/packed.ts.
 *
 * @param scratch (4)
 * @param to (n) packed rows
 */
export function packBf16(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32, to: usize): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const packed = to + <usize>i * (<usize>width << 1);
    const whole = width & ~7;
    for (let c = 0; c < whole; c += 8) {
      const low = toBf16(v128.load(row + bytes(c)));
      const high = toBf16(v128.load(row + bytes(c), 16));
      v128.store(packed + (<usize>c << 1), v128.shuffle<i16>(low, high, 1, 3, 5, 7, 9, 11, 13, 15));
    }
    for (let c = whole; c < width; c += 4) {
      v128.store(scratch, i32x4.shr_u(toBf16(v128.load(row + bytes(c))), 16));
      const stop = min(4, width - c);
      for (let j = 0; j < stop; j++) store<u16>(packed + (<usize>(c + j) << 1), load<u16>(scratch + bytes(j)));
    }
  }
}

/** Packs rows as `packBf16` does. */
export function packFp8(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32, to: usize): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const packed = to + <usize>i * (4 + width);
    const scale = fp8Scale(row, width);
    store<f32>(packed, scale);
    const whole = width & ~7;
    for (let c = 0; c < whole; c += 8) {
      const low = codesOfE4m3(toE4m3(v128.load(row + bytes(c)), scale));
      const high = codesOfE4m3(toE4m3(v128.load(row + bytes(c), 16), scale));
      store<u64>(packed + 4 + c, eightBytes(low, high));
    }
    for (let c = whole; c < width; c += 4) {
      v128.store(scratch, codesOfE4m3(toE4m3(v128.load(row + bytes(c)), scale)));
      const stop = min(4, width - c);
      for (let j = 0; j < stop; j++) store<u8>(packed + 4 + c + j, load<u8>(scratch + bytes(j)));
    }
  }
}

/** Packs rows as `packBf16` does. */
export function packNvfp4(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32, to: usize): void {
  const end = min(n, (chunk + 1) * perChunk);
  const blocks = (width + nvfp4Block - 1) / nvfp4Block;
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const packed = to + <usize>i * (4 + 9 * blocks);
    const rowScale = nvfp4Scale(row, width);
    store<f32>(packed, rowScale);
    for (let b = 0; b < blocks; b++) {
      const start = b * nvfp4Block;
      const stop = min(start + nvfp4Block, width);
      const scale = blockScale(row, start, stop, rowScale);
      store<u8>(packed + 4 + b, <u8>i32x4.extract_lane(codesOfE4m3(scale), 0));
      packBlock(row, start, stop, f32x4.extract_lane(scale, 0) * rowScale, scratch, packed + 4 + blocks + 8 * b);
    }
  }
}

/** Packs numbers i and i + 8 of a block into the halves of byte i, with zeros beyond the row. */
@inline
function packBlock(row: usize, start: i32, stop: i32, scale: f32, scratch: usize, to: usize): void {
  if (stop - start == nvfp4Block) {
    const at = row + bytes(start);
    const low = eightBytes(codesOfE2m1(toE2m1(v128.load(at), scale)), codesOfE2m1(toE2m1(v128.load(at, 16), scale)));
    const high = eightBytes(codesOfE2m1(toE2m1(v128.load(at, 32), scale)), codesOfE2m1(toE2m1(v128.load(at, 48), scale)));
    store<u64>(to, low | (high << 4));
    return;
  }
  store<u64>(to, 0);
  for (let c = start; c < stop; c += 4) {
    v128.store(scratch, codesOfE2m1(toE2m1(v128.load(row + bytes(c)), scale)));
    const end = min(4, stop - c);
    for (let j = 0; j < end; j++) {
      const at = c + j - start;
      const byte = to + (at & 7);
      store<u8>(byte, load<u8>(byte) | (load<u8>(scratch + bytes(j)) << (at < 8 ? 0 : 4)));
    }
  }
}

/** The lowest byte of each lane of two vectors. */
@inline
function eightBytes(low: v128, high: v128): u64 {
  const all = v128.shuffle<i8>(low, high, 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0);
  return i64x2.extract_lane(all, 0);
}

/** Codes of E4M3 numbers: those of float32 with another bias (7 for 127) and fewer bits. */
@inline
function codesOfE4m3(x: v128): v128 {
  const magnitude = f32x4.mul(f32x4.abs(x), splat(7.52316384526264e-37)); // 2^-120
  return v128.or(v128.and(i32x4.shr_u(x, 24), i32x4.splat(0x80)), i32x4.shr_u(magnitude, 20));
}

/** Codes of E2M1 numbers: those of float32 with the bias 1. */
@inline
function codesOfE2m1(x: v128): v128 {
  const magnitude = f32x4.mul(f32x4.abs(x), splat(1.1754943508222875e-38)); // 2^-126
  return v128.or(v128.and(i32x4.shr_u(x, 28), i32x4.splat(8)), i32x4.shr_u(magnitude, 22));
}
