import { expect, it } from "vitest";
import { unmeasured } from "../../../src/core/profile.ts";
import { mean } from "../../../src/core/stats.ts";
import { dot, norm, rowNumbers } from "../../../src/core/tensor.ts";
import { referenceEngine } from "../../../src/engines/reference/engine.ts";
import { featureIds, fillCodes } from "../../../src/reader/numerics/codes.ts";
import { HeadEmbedding, mapTokens } from "../../../src/reader/numerics/embed.ts";
import { askFor, embedRecords } from "../../../src/reader/numerics/records.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import type { RecordSet } from "../../../src/tasks/circuit.ts";

const ops = referenceEngine();
const count = 30;
const tokens = 6 * count;
const features = Array.from({ length: count }, (_, i) => `node:${i}`);
const each = Int32Array.from({ length: count }, (_, r) => r);

/** Records of six tokens, one after another. */
const records: RecordSet = {
  count,
  start: each.map((r) => 6 * r),
  anchor: each.map((r) => 6 * r + 5),
  key: [{ weight: 1, features: each }],
  value: each,
};

const workspace = (given: object = {}) => ({
  ops,
  params: resolveReader({ headDim: 128, kvHeads: 1, ...given }),
  spaces: [ops.space("repeated")],
  seed: "s",
  tokens,
  measure: unmeasured,
});

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / (norm(a) * norm(b));

it.each([1, 2])(
  "a second reading asks an anchor by its record's code, other tokens by noise: group %i",
  (groupSize) => {
    const own = workspace({ groupSize, fidelity: 0.8 });
    const { cache } = embedRecords(own, { records, features, questions: [askFor(0)] });
    const wanted = Int32Array.from({ length: tokens - 12 }, (_, i) => 12 + i);
    const { heads, group, positions, phase } = cache.repeated!(wanted);
    expect({ group, phase }).toEqual({ group: groupSize, phase: "prefill" });
    expect([...positions]).toEqual([...wanted].map(() => tokens - 1));
    const alike = (token: number): number =>
      cosine(rowNumbers(heads[0]!, (token - 12) * groupSize), rowNumbers(cache.heads[0]!.keys.tensor, token));
    const anchors = [...records.anchor].filter((token) => token >= 12);
    // a key has the fidelity .8, and each of several query heads has it again
    expect(mean(anchors.map(alike))).toBeCloseTo(groupSize === 1 ? 0.8 : 0.64, 1);
    expect(mean([...wanted].filter((token) => !anchors.includes(token)).map(alike))).toBeCloseTo(0, 1);
    // the same query whatever else is asked for
    const some = cache.repeated!(Int32Array.of(100, 101)).heads[0]!;
    expect([...rowNumbers(some, groupSize)]).toEqual([...rowNumbers(heads[0]!, (101 - 12) * groupSize)]);
  },
);

it("the code of an anchor is that of the latest embedding", () => {
  const own = workspace();
  const map = mapTokens(records, tokens);
  const codes = fillCodes(own, 0, "key", featureIds(features));
  const embedding = new HeadEmbedding(own, 0);
  embedding.embedKeys(map, codes);
  expect([...embedding.codeAt(11)!]).toEqual([...rowNumbers(codes, 1)]);
  expect(embedding.codeAt(10)).toBeUndefined();
  const rowOfRecord = new Int32Array(count).fill(-1);
  rowOfRecord[1] = 7;
  embedding.embedKeys(map, codes, rowOfRecord, { from: 6, to: 12 });
  expect([...embedding.codeAt(11)!]).toEqual([...rowNumbers(codes, 7)]);
  expect([...embedding.codeAt(17)!]).toEqual([...rowNumbers(codes, 2)]);
});
