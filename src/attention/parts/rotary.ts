import { flat, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Queries, Rotary } from "../cache.ts";

/** Turns a pair of channels by an angle, and multiplies its length: 1 leaves it as it is. */
interface Turn {
  readonly cosine: number;
  readonly sine: number;
}

const turnTo = (angle: number): Turn => ({ cosine: Math.cos(angle), sine: Math.sin(angle) });

/** Turns the rotary channels of the row at `at` of some numbers, in place. */
function turn(
  numbers: Float32Array | Float64Array,
  at: number,
  { from, frequencies }: Rotary,
  turnOf: (frequency: number, i: number) => Turn,
): void {
  frequencies.forEach((frequency, i) => {
    const { cosine, sine } = turnOf(frequency, i);
    const [x, y] = [at + from + 2 * i, at + from + 2 * i + 1];
    const [a, b] = [numbers[x]!, numbers[y]!];
    numbers[x] = a * cosine - b * sine;
    numbers[y] = b * cosine + a * sine;
  });
}

/** A key or query (d) as it is before it is turned to its position: a copy. */
export function beforeTurn<T extends Float32Array | Float64Array>(
  row: T,
  rotary: Rotary,
  position: number,
): T {
  const out = row.slice() as T;
  turn(out, 0, rotary, (frequency) => turnTo(-position * frequency));
  return out;
}

/**
 * Queries as those to come are expected to be: before the turn to their own positions, turned by the mean of the turns
 * to `count` positions from `from` on.
 */
export function turnedAhead(
  queries: Queries,
  rotary: Rotary,
  { from, count }: { readonly from: number; readonly count: number },
): Queries {
  const ahead = rotary.frequencies.map((frequency) => meanTurn(frequency, from, count));
  const { positions, group } = queries;
  const turned = (rows: Tensor): Tensor => {
    const [size, width] = rows.shape as [number, number];
    const out = flat(rows).slice();
    for (let row = 0; row < size; row++) {
      const position = positions[Math.floor(row / group)]!;
      turn(out, row * width, rotary, (frequency) => turnTo(-position * frequency));
      turn(out, row * width, rotary, (_, i) => ahead[i]!);
    }
    return tensor(out, [size, width]);
  };
  return { ...queries, heads: queries.heads.map(turned) };
}

/** Mean of the turns to `count` positions from `from` on, at one frequency. */
function meanTurn(frequency: number, from: number, count: number): Turn {
  let [cosine, sine] = [0, 0];
  for (let position = from; position < from + count; position++) {
    const own = turnTo(position * frequency);
    cosine += own.cosine / count;
    sine += own.sine / count;
  }
  return { cosine, sine };
}
