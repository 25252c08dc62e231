import type { StreamKey } from "../../core/random.ts";
import { philox } from "../../core/random.ts";

/**
 * Standard normal numbers of one row. Philox 4x32-10 with the counter (id0, id1, j, 0), j = 0 ... 3, seeds the four
 * state words of four xoshiro128++ lanes (Blackman and Vigna 2021, https://doi.org/10.1145/3460772): word j of lane
 * c is word c of block j. Two draws of the four lanes give eight numbers by Box and Muller: the radius from the upper
 * 24 bits of the first, the angle from the quadrant (2 bits) and a signed 24-bit fraction of an eighth of a turn of the
 * second; first the four cosines, then the four sines. A row whose width is no multiple of eight drops the rest.
 */
export function normalRow(out: Float32Array | Float64Array, key: StreamKey, id0: number, id1: number): void {
  const state = new Uint32Array(16);
  for (let j = 0; j < 4; j++) philox([id0, id1, j, 0], key, state.subarray(4 * j, 4 * j + 4));
  for (let start = 0; start < out.length; start += 8) {
    for (let lane = 0; lane < 4; lane++) {
      const radiusWord = xoshiro(state, lane);
      const angleWord = xoshiro(state, lane);
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

/** One step of xoshiro128++ on a lane of `state`, where word j of lane c lies at 4 j + c. */
function xoshiro(state: Uint32Array, lane: number): number {
  const [a, b, c, d] = [lane, lane + 4, lane + 8, lane + 12];
  const result = (rotateLeft(state[a]! + state[d]!, 7) + state[a]!) >>> 0;
  const shifted = state[b]! << 9;
  state[c]! ^= state[a]!;
  state[d]! ^= state[b]!;
  state[b]! ^= state[c]!;
  state[a]! ^= state[d]!;
  state[c]! ^= shifted;
  state[d] = rotateLeft(state[d]!, 11);
  return result;
}
