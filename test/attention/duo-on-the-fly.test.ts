import { describe, expect, it } from "vitest";
import { attender } from "../../src/attention/attender.ts";
import type { KeyValueCache } from "../../src/attention/cache.ts";
import { parseShaping, parseSpec } from "../../src/attention/spec.ts";
import { rowNumbers } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { world } from "./fixtures.ts";
import { range, softmax } from "./plain.ts";

const rotary = { from: 10, frequencies: [1, 0.2, 0.01] };
const [tokens, kvHeads, group] = [400, 6, 2];

/** A row turned by the angles of `by` positions. */
function turned(row: readonly number[], by: number): number[] {
  const out = [...row];
  rotary.frequencies.forEach((frequency, i) => {
    const at = rotary.from + 2 * i;
    const [cosine, sine] = [Math.cos(by * frequency), Math.sin(by * frequency)];
    out[at] = cosine * row[at]! - sine * row[at + 1]!;
    out[at + 1] = sine * row[at]! + cosine * row[at + 1]!;
  });
  return out;
}

const means = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length);

describe("DuoAttention on the fly", () => {
  const ops = referenceEngine();
  const { cache, queries } = world(ops, { tokens, kvHeads, group, seed: "on the fly" });
  const own: KeyValueCache = { ...cache, rotary };
  const fullHeads = (spec: string, given = own): number[] => {
    const { variant, params } = parseSpec(spec);
    const { heads } = attender({ variant, params, shaping: parseShaping("none") }, given, ops)(queries);
    return range(kvHeads).filter((h) => heads[h]!.reads(0, 100));
  };

  // duo_attention_on_the_fly of NVIDIA/kvpress at 8bb29b9: scores are the mean of the cumulated weights, and the heads
  // of least score stream
  const seen = own.observed(64, false, "even");
  const rowOf = (rows: Tensor, i: number): number[] => [...rowNumbers(rows, i)];
  const scores = range(kvHeads).map((h) => {
    const places = [...seen.positions];
    const k = means(places.map((t) => turned(rowOf(own.heads[h]!.keys.tensor as Tensor, t), -t)));
    const areas = range(group).map((g) => {
      const q = means(places.map((t, i) => turned(rowOf(seen.heads[h]!, i * group + g), -t)));
      const last = turned(q, 499);
      const weights = softmax(
        range(500).map((t) => seen.scale * turned(k, t).reduce((sum, x, c) => sum + x * last[c]!, 0)),
      );
      let cumulated = 0;
      return weights.map((weight) => (cumulated += weight)).reduce((sum, x) => sum + x / 500, 0);
    });
    return (areas[0]! + areas[1]!) / 2;
  });
  const byReach = range(kvHeads).sort((a, b) => scores[b]! - scores[a]!);

  it.each([1, 2, 3, 5])("reads everything in the %i heads that look farthest back", (count) => {
    const spec = `duo-on-the-fly(full=${count / kvHeads},sinks=4,window=20,observe=64)`;
    expect(fullHeads(spec)).toEqual(byReach.slice(0, count).sort((a, b) => a - b));
    // the choice is not that of the first heads
    expect(byReach.slice(0, 2)).not.toEqual([0, 1]);
  });

  it("has the first heads where keys have no positions, as DuoAttention here", () => {
    expect(fullHeads("duo-on-the-fly(full=.5,sinks=4,window=20)", cache)).toEqual([0, 1, 2]);
    expect(fullHeads("duo(full=.5,sinks=4,window=20)", cache)).toEqual([0, 1, 2]);
  });
});
