import type { StreamKey } from "../../core/random.ts";
import { philox } from "../../core/random.ts";

/**
 * Fills a row with standard normal numbers. The blocks of Philox 4x32-10 at the counters (id0, id1, lane, 0), lane = 0
 * ... 3, seed four lanes of xoshiro128++ (Blackman and Vigna 2021, https://doi.org/10.1145/3460772). Two draws of the
 * four lanes give eight numbers by Box and Muller, first four cosines, then four sines. The radius comes from the upper
 * 24 bits of the first draw; the angle from a quadrant (2 bits) and a signed 24-bit fraction of an eighth of a turn of
 * the second. A row whose width is no multiple of eight drops the last numbers.
 */
export function normalRow(out: Float32Array | Float64Array, key: StreamKey, id0: number, id1: number): void {
  const lanes = [0, 1, 2, 3].map((lane) => {
    const state = new Uint32Array(4);
    philox([id0, id1, lane, 0], key, state);
    return state;
  });
  for (let start = 0; start < out.length; start += 8) {
    for (const [lane, state] of lanes.entries()) {
      const radiusWord = xoshiro(state);
      const angleWord = xoshiro(state);
      const uniform = ((radiusWord >>> 8) + 1) / 2 ** 24; // in (0, 1]
      const fraction = ((angleWord << 2) >> 8) / 2 ** 23; // in [-1, 1)
      const angle = (angleWord >>> 30) * (Math.PI / 2) + fraction * (Math.PI / 4);
      const radius = Math.sqrt(-2 * Math.log(uniform));
      const at = start + lane;
      if (at < out.length) out[at] = radius * Math.cos(angle);
      if (at + 4 < out.length) out[at + 4] = radius * Math.sin(angle);
    }
  }
}

const rotateLeft = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/** One step of xoshiro128++. */
export function xoshiro(state: Uint32Array): number {
  const [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  state[2] = c ^ a ^ (b << 9);
  state[3] = rotateLeft(d ^ b, 11);
  state[1] = b ^ c ^ a;
  state[0] = a ^ d ^ b;
  return (rotateLeft((a + d) >>> 0, 7) + a) >>> 0;
}
