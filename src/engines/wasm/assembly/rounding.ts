import { nvfp4Block } from "../../../core/formats";
import { blockScale, fp8Scale, nvfp4Scale, toBf16, toE2m1, toE4m3 } from "./formats";
import { bytes, splat } from "./simd";

/** Rounds to bf16, the upper 16 bits of float32. */
export function roundBf16(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    for (let c = 0; c < width; c += 4) storeBefore(row, c, width, toBf16(v128.load(row + bytes(c))));
  }
}

/** Rounds to E4M3 numbers under one float32 scale per row. */
export function roundFp8(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const scale = fp8Scale(row, width);
    for (let c = 0; c < width; c += 4)
      storeBefore(row, c, width, f32x4.mul(toE4m3(v128.load(row + bytes(c)), scale), splat(scale)));
  }
}

/** Rounds to E2M1 numbers in blocks of 16, each with an E4M3 scale, under one float32 scale per row. */
export function roundNvfp4(chunk: i32, scratch: usize, perChunk: i32, rows: usize, n: i32, width: i32): void {
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const row = rows + <usize>i * bytes(width);
    const rowScale = nvfp4Scale(row, width);
    for (let start = 0; start < width; start += nvfp4Block) {
      const stop = min(start + nvfp4Block, width);
      const scales = f32x4.mul(blockScale(row, start, stop, rowScale), splat(rowScale));
      const scale = f32x4.extract_lane(scales, 0);
      for (let c = start; c < stop; c += 4)
        storeBefore(row, c, stop, f32x4.mul(toE2m1(v128.load(row + bytes(c)), scale), scales));
    }
  }
}

/** Stores the lanes of a row that lie before `end`. */
@inline
function storeBefore(row: usize, c: i32, end: i32, x: v128): void {
  const at = row + bytes(c);
  if (c + 4 <= end) {
    v128.store(at, x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (c + 1 < end) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (c + 2 < end) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}
