import { constantBytes, dtypeBf16, dtypeFp8 } from "../abi";
import { multiplyAdd, splat } from "./simd";
import {
  e4m3Mask,
  FROM_E4M3,
  fromE4m3,
  highBytes,
  highHalves,
  lowBytes,
  lowHalves,
  nibbles,
  nvfp4First,
  nvfp4Second,
  Table,
} from "./table";

/**
 * Dot products with packed rows, and sums of packed rows, decoded in registers: 16 numbers a step. The operations and
 * their order are those of `dotLanes` and `addRow` on the numbers that `decode` stores.
 */

/**
 * Bytes before a decoded row that hold the constants of the loops below. V8 makes a vector constant in every turn with up
 * to five instructions; a load is one instruction.
 */
export const CONSTANTS: usize = constantBytes;
const E4M3_MASK: usize = 0;
const FIRST_BYTES: usize = 16;
const SECOND_BYTES: usize = 32;
const LOW_NIBBLES: usize = 48;
/** The row's scale times 2^120. */
const SCALE: usize = 64;

/** Writes the constants at the start of `room`. */
@inline
export function placeConstants(room: usize): void {
  v128.store(room + E4M3_MASK, e4m3Mask());
  v128.store(room + FIRST_BYTES, nvfp4First());
  v128.store(room + SECOND_BYTES, nvfp4Second());
  v128.store(room + LOW_NIBBLES, i8x16.splat(15));
}

/** Whether a row can be read in this way: whole steps, and a scale whose product with 2^120 is finite. */
@inline
export function fusible(table: Table, row: usize): bool {
  return (table.width & 15) == 0 && (table.dtype == dtypeBf16 || load<f32>(row) < 128);
}

export function dotPacked(table: Table, q: usize, row: usize, room: usize): v128 {
  const end = q + (<usize>table.width << 2);
  const zero = i32x4.splat(0);
  let a = splat(0);
  let b = a;
  let c = a;
  let d = a;
  if (table.dtype == dtypeBf16) {
    for (; q < end; q += 64) {
      const x = v128.load(row);
      const y = v128.load(row, 16);
      a = multiplyAdd(v128.load(q), lowHalves(zero, x), a);
      b = multiplyAdd(v128.load(q, 16), highHalves(zero, x), b);
      c = multiplyAdd(v128.load(q, 32), lowHalves(zero, y), c);
      d = multiplyAdd(v128.load(q, 48), highHalves(zero, y), d);
      row += 32;
    }
  } else if (table.dtype == dtypeFp8) {
    store<f32>(room + SCALE, load<f32>(row) * FROM_E4M3);
    row += 4;
    for (; q < end; q += 64) {
      const codes = v128.load(row);
      const mask = v128.load(room + E4M3_MASK);
      const scale = v128.load32_splat(room + SCALE);
      const x = fromE4m3(lowBytes(zero, codes), mask);
      const y = fromE4m3(highBytes(zero, codes), mask);
      a = multiplyAdd(v128.load(q), f32x4.mul(lowHalves(zero, x), scale), a);
      b = multiplyAdd(v128.load(q, 16), f32x4.mul(highHalves(zero, x), scale), b);
      c = multiplyAdd(v128.load(q, 32), f32x4.mul(lowHalves(zero, y), scale), c);
      d = multiplyAdd(v128.load(q, 48), f32x4.mul(highHalves(zero, y), scale), d);
      row += 16;
    }
  } else {
    store<f32>(room + SCALE, load<f32>(row) * FROM_E4M3);
    let blockScale = row + 4;
    let codes = blockScale + (table.width >> 4);
    for (; q < end; q += 64) {
      const scale = splat(reinterpret<f32>(<u32>load<u8>(blockScale++) << 20) * load<f32>(room + SCALE));
      const index = nibbles(codes, v128.load(room + LOW_NIBBLES));
      const upper = i8x16.swizzle(v128.load(room + FIRST_BYTES), index);
      const lower = i8x16.swizzle(v128.load(room + SECOND_BYTES), index);
      const x = lowBytes(lower, upper);
      const y = highBytes(lower, upper);
      a = multiplyAdd(v128.load(q), f32x4.mul(lowHalves(zero, x), scale), a);
      b = multiplyAdd(v128.load(q, 16), f32x4.mul(highHalves(zero, x), scale), b);
      c = multiplyAdd(v128.load(q, 32), f32x4.mul(lowHalves(zero, y), scale), c);
      d = multiplyAdd(v128.load(q, 48), f32x4.mul(highHalves(zero, y), scale), d);
      codes += 8;
    }
  }
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** to += weight times row */
export function addPacked(table: Table, to: usize, weight: v128, row: usize, room: usize): void {
  const end = to + (<usize>table.width << 2);
  const zero = i32x4.splat(0);
  if (table.dtype == dtypeBf16) {
    for (; to < end; to += 64) {
      const x = v128.load(row);
      const y = v128.load(row, 16);
      addTo(to, weight, lowHalves(zero, x), highHalves(zero, x), lowHalves(zero, y), highHalves(zero, y));
      row += 32;
    }
  } else if (table.dtype == dtypeFp8) {
    store<f32>(room + SCALE, load<f32>(row) * FROM_E4M3);
    row += 4;
    for (; to < end; to += 64) {
      const codes = v128.load(row);
      const mask = v128.load(room + E4M3_MASK);
      const scale = v128.load32_splat(room + SCALE);
      const x = fromE4m3(lowBytes(zero, codes), mask);
      const y = fromE4m3(highBytes(zero, codes), mask);
      addTo(
        to,
        weight,
        f32x4.mul(lowHalves(zero, x), scale),
        f32x4.mul(highHalves(zero, x), scale),
        f32x4.mul(lowHalves(zero, y), scale),
        f32x4.mul(highHalves(zero, y), scale),
      );
      row += 16;
    }
  } else {
    store<f32>(room + SCALE, load<f32>(row) * FROM_E4M3);
    let blockScale = row + 4;
    let codes = blockScale + (table.width >> 4);
    for (; to < end; to += 64) {
      const scale = splat(reinterpret<f32>(<u32>load<u8>(blockScale++) << 20) * load<f32>(room + SCALE));
      const index = nibbles(codes, v128.load(room + LOW_NIBBLES));
      const upper = i8x16.swizzle(v128.load(room + FIRST_BYTES), index);
      const lower = i8x16.swizzle(v128.load(room + SECOND_BYTES), index);
      const x = lowBytes(lower, upper);
      const y = highBytes(lower, upper);
      addTo(
        to,
        weight,
        f32x4.mul(lowHalves(zero, x), scale),
        f32x4.mul(highHalves(zero, x), scale),
        f32x4.mul(lowHalves(zero, y), scale),
        f32x4.mul(highHalves(zero, y), scale),
      );
      codes += 8;
    }
  }
}

@inline
function addTo(to: usize, weight: v128, x0: v128, x1: v128, x2: v128, x3: v128): void {
  v128.store(to, multiplyAdd(weight, x0, v128.load(to)));
  v128.store(to, multiplyAdd(weight, x1, v128.load(to, 16)), 16);
  v128.store(to, multiplyAdd(weight, x2, v128.load(to, 32)), 32);
  v128.store(to, multiplyAdd(weight, x3, v128.load(to, 48)), 48);
}
