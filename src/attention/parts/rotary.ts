import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Queries } from "../cache.ts";

/**
 * Rotary positions of keys and queries: channels `from + 2 i` and `from + 2 i + 1` are turned by position times
 * `frequencies[i]`, an angle in radians. RoFormer, arXiv 2104.09864.
 */
export interface Rotary {
  readonly from: number;
  readonly frequencies: readonly number[];
}

/** A turn of one pair of channels by an angle, and its length: 1 leaves lengths as they are. */
type Turn = readonly [cosine: number, sine: number];

/** Mean of the turns to `count` positions from `from` on, for one frequency. */
function meanTurn(frequency: number, from: number, count: number): Turn {
  let [cosine, sine] = [0, 0];
  for (let p = from; p < from + count; p++) {
    cosine += Math.cos(p * frequency) / count;
    sine += Math.sin(p * frequency) / count;
  }
  return [cosine, sine];
}

/**
 * Queries without the turn of their own position, turned by the mean of the turns to `count` positions from `from` on:
 * what queries to come are expected to be.
 */
export function turnedAhead(
  queries: Queries,
  rotary: Rotary,
  { from, count }: { readonly from: number; readonly count: number },
): Queries {
  const ahead = rotary.frequencies.map((frequency) => meanTurn(frequency, from, count));
  return { ...queries, heads: queries.heads.map((rows) => turned(rows, queries, rotary, ahead)) };
}

/** A copy of one head's query rows, each turned back from its position and then by `turns`. */
function turned(
  rows: Tensor,
  { positions, group }: Queries,
  { from, frequencies }: Rotary,
  turns: readonly Turn[],
): Tensor {
  const [count, width] = rows.shape as [number, number];
  const out = flat(rows).slice();
  for (let row = 0; row < count; row++) {
    const position = positions[Math.floor(row / group)]!;
    frequencies.forEach((frequency, i) => {
      const at = row * width + from + 2 * i;
      const [x, y] = [out[at]!, out[at + 1]!];
      const [own, other] = [Math.cos(position * frequency), Math.sin(position * frequency)];
      const [a, b] = [x * own + y * other, y * own - x * other];
      const [cosine, sine] = turns[i]!;
      out[at] = a * cosine - b * sine;
      out[at + 1] = b * cosine + a * sine;
    });
  }
  return tensor(out, [count, width]);
}
