/** Bytes of each element type that tensor files may hold. All are little-endian and become float32. */
export const dtypeBytes = { f64: 8, f32: 4, f16: 2, bf16: 2 } as const;

export type Dtype = keyof typeof dtypeBytes;

/** The number that the bits of an IEEE 754 half-precision float stand for. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | undefined;

/** Decodes the elements in `bytes` into `out`, one for each place. */
export function decode(bytes: Uint8Array, dtype: Dtype, out: Float32Array | Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = out.length;
  switch (dtype) {
    case "f64":
      for (let i = 0; i < n; i++) out[i] = view.getFloat64(8 * i, true);
      return;
    case "f32":
      for (let i = 0; i < n; i++) out[i] = view.getFloat32(4 * i, true);
      return;
    case "bf16": {
      // bf16 is the high half of a float32
      const bits = new Uint32Array(n);
      for (let i = 0; i < n; i++) bits[i] = view.getUint16(2 * i, true) << 16;
      out.set(new Float32Array(bits.buffer));
      return;
    }
    case "f16":
      halves ??= Float32Array.from({ length: 65536 }, (_, bits) => half(bits));
      for (let i = 0; i < n; i++) out[i] = halves[view.getUint16(2 * i, true)]!;
  }
}
