/** Rotary numbers of DeepSeek-V4's records, which stay in bf16 in a narrower cache. */
const rotary = 64;

/**
 * Bytes of a record of DeepSeek-V4, an entry or a raw token, key and value at once: `width` numbers, the rotary ones in
 * bf16 at least. In FP8 each 64 other numbers have a scale in a byte, in eights: 584 B of 512 numbers.
 */
export function compressedRecord(width: number, bytesPerElement: number): number {
  const rope = Math.min(rotary, width);
  const others = width - rope;
  const scales = bytesPerElement === 1 ? 8 * Math.ceil(others / 512) : 0;
  return others * bytesPerElement + scales + rope * Math.max(2, bytesPerElement);
}
