import { dtypeBf16, dtypeF32, dtypeFp8, tableDtype, tableRows, tableStride, tableWidth } from "../abi";
import { bytes, splat } from "./simd";

/** Rows as kernels find them: a description at this address, which `placeTable` in ../table.ts writes. */
@unmanaged
export class Table {
  /** address of row 0 */
  @inline get rows(): u32 {
    return load<u32>(changetype<usize>(this), tableRows);
  }

  /** bytes from row to row */
  @inline get stride(): u32 {
    return load<u32>(changetype<usize>(this), tableStride);
  }

  /** numbers of a row */
  @inline get width(): i32 {
    return load<i32>(changetype<usize>(this), tableWidth);
  }

  /** how they are stored */
  @inline get dtype(): i32 {
    return load<i32>(changetype<usize>(this), tableDtype);
  }
}

/** 2^120: an E4M3 number is its bits, read as the upper bits of a float32, times this. The biases are 127 and 7. */
export const FROM_E4M3: f32 = 1.329227995784916e36;

/** Address of row r as it is stored. */
@inline
export function addressOf(table: Table, r: u32): usize {
  return <usize>table.rows + <usize>r * table.stride;
}

/** Address of row r as float32 numbers: its own, or `room`, to which it is decoded. */
@inline
export function rowOf(table: Table, r: u32, room: usize): usize {
  const at = addressOf(table, r);
  return table.dtype == dtypeF32 ? at : decode(table, at, room);
}

/** Address of the rows [first, first + count) as float32 numbers, one after another. */
@inline
export function rowsFrom(table: Table, first: i32, count: i32, room: usize): usize {
  const at = addressOf(table, first);
  if (table.dtype == dtypeF32) return at;
  for (let r = 0; r < count; r++)
    decode(table, at + <usize>r * table.stride, room + <usize>r * bytes(table.width)); // in order, since each writes past its end
  return room;
}

/** Row at position j of a list; row j itself if there is no list. */
@inline
export function listed(list: usize, j: i32): u32 {
  return list ? load<u32>(list + bytes(j)) : <u32>j;
}

/** Decodes a packed row, in steps of 16 numbers. */
export function decode(table: Table, row: usize, room: usize): usize {
  const end = room + bytes(table.width);
  if (table.dtype == dtypeBf16) decodeBf16(row, room, end);
  else if (table.dtype == dtypeFp8) decodeFp8(row, room, end);
  else decodeNvfp4(row, room, end);
  return room;
}

@inline
function decodeBf16(row: usize, to: usize, end: usize): void {
  const zero = i32x4.splat(0);
  for (; to < end; to += 64) {
    const x = v128.load(row);
    const y = v128.load(row, 16);
    v128.store(to, lowHalves(zero, x));
    v128.store(to, highHalves(zero, x), 16);
    v128.store(to, lowHalves(zero, y), 32);
    v128.store(to, highHalves(zero, y), 48);
    row += 32;
  }
}

@inline
function decodeFp8(row: usize, to: usize, end: usize): void {
  const scale = v128.load32_splat(row);
  row += 4;
  const zero = i32x4.splat(0);
  for (; to < end; to += 64) {
    const codes = v128.load(row);
    const x = fromE4m3(lowBytes(zero, codes), e4m3Mask());
    const y = fromE4m3(highBytes(zero, codes), e4m3Mask());
    storeScaled(to, lowHalves(zero, x), scale);
    storeScaled(to + 16, highHalves(zero, x), scale);
    storeScaled(to + 32, lowHalves(zero, y), scale);
    storeScaled(to + 48, highHalves(zero, y), scale);
    row += 16;
  }
}

/** Scales in two steps, since the product of scale and 2^120 may overflow. */
@inline
function storeScaled(to: usize, x: v128, scale: v128): void {
  v128.store(to, f32x4.mul(f32x4.mul(x, splat(FROM_E4M3)), scale));
}

@inline
function decodeNvfp4(row: usize, to: usize, end: usize): void {
  const rowScale = load<f32>(row);
  const blocks = (<u32>(end - to) + 63) >> 6;
  let blockScale = row + 4;
  let codes = blockScale + blocks;
  const first = nvfp4First();
  const second = nvfp4Second();
  const zero = i32x4.splat(0);
  for (; to < end; to += 64) {
    const scale = splat(reinterpret<f32>(<u32>load<u8>(blockScale++) << 20) * FROM_E4M3 * rowScale);
    const index = nibbles(codes, i8x16.splat(15));
    const upper = i8x16.swizzle(first, index);
    const lower = i8x16.swizzle(second, index);
    const x = lowBytes(lower, upper);
    const y = highBytes(lower, upper);
    v128.store(to, f32x4.mul(lowHalves(zero, x), scale));
    v128.store(to, f32x4.mul(highHalves(zero, x), scale), 16);
    v128.store(to, f32x4.mul(lowHalves(zero, y), scale), 32);
    v128.store(to, f32x4.mul(highHalves(zero, y), scale), 48);
    codes += 8;
  }
}

/** 16-bit numbers of `high` over those of `low`: the first four. */
@inline
export function lowHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i16>(low, high, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The last four. */
@inline
export function highHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i16>(low, high, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Bytes of `high` over those of `low`: the first eight. */
@inline
export function lowBytes(low: v128, high: v128): v128 {
  return v128.shuffle<i8>(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** The last eight. */
@inline
export function highBytes(low: v128, high: v128): v128 {
  return v128.shuffle<i8>(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** 16 codes of four bits: first the low halves of 8 bytes, then the high ones. */
@inline
export function nibbles(at: usize, low: v128): v128 {
  const bytes = v128.load64_zero(at);
  return v128.shuffle<i64>(v128.and(bytes, low), v128.and(i16x8.shr_u(bytes, 4), low), 0, 2);
}

/**
 * Eight E4M3 numbers, each in the upper byte of 16 bits, times 2^-120. Exponent and mantissa move to their places in the
 * upper half of a float32 number.
 */
@inline
export function fromE4m3(top: v128, mask: v128): v128 {
  return v128.and(i16x8.shr_s(top, 4), mask);
}

/** Mask that clears the copies of the sign. */
@inline
export function e4m3Mask(): v128 {
  return i16x8.splat(-0x7801);
}

/** First byte of the float32 numbers 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives: E2M1 in the order of its codes. */
@inline
export function nvfp4First(): v128 {
  return i8x16(0, 63, 63, 63, 64, 64, 64, 64, -128, -65, -65, -65, -64, -64, -64, -64);
}

/** Their second byte; the others are 0. */
@inline
export function nvfp4Second(): v128 {
  return i8x16(0, 0, -128, -64, 0, 64, -128, -64, 0, 0, -128, -64, 0, 64, -128, -64);
}
