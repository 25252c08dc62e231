/** MD5 (RFC 1321), for names of nodes; never for security. */

/** Left rotations of the four rounds (RFC 1321, 3.4). */
const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Additive constants: floor(2^32 |sin(i + 1)|), exact in any conforming double arithmetic (RFC 1321, 3.4). */
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

/** Bytes padded to whole blocks of sixteen little-endian words, the length in bits at the end. */
function padded(bytes: Uint8Array): DataView {
  const blocks = Math.floor((bytes.length + 8) / 64) + 1;
  const view = new DataView(new ArrayBuffer(blocks * 64));
  new Uint8Array(view.buffer).set(bytes);
  view.setUint8(bytes.length, 0x80);
  view.setUint32(blocks * 64 - 8, (bytes.length << 3) >>> 0, true);
  view.setUint32(blocks * 64 - 4, Math.floor(bytes.length / 2 ** 29), true);
  return view;
}

/** The function of a round, and which word of the block its step i reads. */
function step(i: number, b: number, c: number, d: number): readonly [mixed: number, word: number] {
  if (i < 16) return [(b & c) | (~b & d), i];
  if (i < 32) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (i < 48) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}

/** The 32 hexadecimal digits of the MD5 of a text's UTF-8 bytes. */
export function md5(text: string): string {
  const view = padded(new TextEncoder().encode(text));
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
    for (let i = 0; i < 64; i++) {
      const [mixed, word] = step(i, b, c, d);
      const sum = (a + mixed + sines[i]! + view.getInt32(block + 4 * word, true)) | 0;
      const shift = shifts[i >> 4]![i & 3]!;
      const rotated = (sum << shift) | (sum >>> (32 - shift));
      [a, d, c, b] = [d, c, b, (b + rotated) | 0];
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => digest.setInt32(4 * i, word, true));
  return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
