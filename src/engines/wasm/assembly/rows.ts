import { bytes, multiplyAdd, splat } from "./simd";

/**
 * out[i] = self[c] out[i] + other[c] table[index[i]] with c = cls[i], for the rows of a chunk whose index is not
 * negative.
 *
 * @param out (n, width)
 * @param index (n) int32
 * @param cls (n) bytes
 * @param factors (classes, 2): self and other of each class
 */
export function blendRows(
  chunk: i32,
  scratch: usize,
  perChunk: i32,
  out: usize,
  n: i32,
  width: i32,
  table: usize,
  index: usize,
  cls: usize,
  factors: usize,
): void {
  const rowBytes = bytes(width);
  const whole = bytes(width & ~3);
  const end = min(n, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const source = load<i32>(index + bytes(i));
    if (source < 0) continue;
    const pair = factors + ((<usize>load<u8>(cls + i)) << 3);
    const self = load<f32>(pair);
    const other = load<f32>(pair, 4);
    const row = out + <usize>i * rowBytes;
    const from = table + <usize>source * rowBytes;
    let c: usize = 0;
    for (; c < whole; c += 16) {
      const added = f32x4.mul(splat(other), v128.load(from + c));
      v128.store(row + c, multiplyAdd(splat(self), v128.load(row + c), added));
    }
    for (; c < rowBytes; c += 4) store<f32>(row + c, self * load<f32>(row + c) + other * load<f32>(from + c));
  }
}
