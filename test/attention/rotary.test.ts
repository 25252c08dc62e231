import { describe, expect, it } from "vitest";
import { beforeTurn, turnedAhead } from "../../src/attention/parts/rotary.ts";
import type { Queries } from "../../src/attention/cache.ts";
import { Random } from "../../src/core/random.ts";
import { dot, rowNumbers, tensor } from "../../src/core/tensor.ts";

const rotary = { from: 2, frequencies: [1, 0.03] };
const random = new Random("rotary");
const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());

/** A row of 6 numbers turned to a position, by complex numbers. */
function turnedTo(row: Float64Array, position: number): Float64Array {
  const out = row.slice();
  rotary.frequencies.forEach((frequency, i) => {
    const at = rotary.from + 2 * i;
    const angle = Math.atan2(row[at + 1]!, row[at]!) + position * frequency;
    const length = Math.hypot(row[at]!, row[at + 1]!);
    out[at] = length * Math.cos(angle);
    out[at + 1] = length * Math.sin(angle);
  });
  return out;
}

describe("rotary positions", () => {
  it("are taken off a key, and the key itself stays as it is", () => {
    const key = normals(6);
    const there = turnedTo(key, 1234);
    const kept = there.slice();
    beforeTurn(there, rotary, 1234).forEach((x, c) => expect(x).toBeCloseTo(key[c]!, 10));
    expect(there).toEqual(kept);
  });

  it("of queries to come: their mean product with a key is that of the query at each of the positions", () => {
    const [own, other, key] = [normals(6), normals(6), normals(6)];
    const queries: Queries = {
      heads: [tensor(Float64Array.from([...turnedTo(own, 7), ...turnedTo(other, 7)]), [2, 6])],
      count: 1,
      group: 2,
      positions: Int32Array.of(7),
      scale: 1,
      phase: "prefill",
    };
    const ahead = turnedAhead(queries, rotary, { from: 100, count: 64 });
    [own, other].forEach((row, g) => {
      let sum = 0;
      for (let position = 100; position < 164; position++) sum += dot(turnedTo(row, position), key);
      expect(dot(rowNumbers(ahead.heads[0]!, g), key)).toBeCloseTo(sum / 64, 10);
    });
    expect(ahead.positions).toBe(queries.positions);
  });
});
