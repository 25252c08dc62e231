import { describe, expect, it } from "vitest";
import { packedDtypes } from "../../../src/core/packed.ts";
import { flat, rowNumbers as row, tensor, zeros } from "../../../src/core/tensor.ts";
import type { Rows } from "../../../src/core/tensor.ts";
import { referenceEngine } from "../../../src/engines/reference/engine.ts";
import { featureIds, fillCodes, normaliseRows, sumCodes } from "../../../src/reader/numerics/codes.ts";
import { HeadEmbedding, mapTokens } from "../../../src/reader/numerics/embed.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import type { RecordSet } from "../../../src/tasks/circuit.ts";

const dim = 128;
const ops = referenceEngine();

/** Records of six tokens, one after another, from token 4 on; record r has key feature r and value feature r. */
function recordSet(count: number): RecordSet {
  const each = Int32Array.from({ length: count }, (_, r) => r);
  return {
    count,
    start: each.map((r) => 4 + 6 * r),
    anchor: each.map((r) => 4 + 6 * r + 5),
    key: [{ weight: 1, features: each }],
    value: each,
  };
}

const features = (count: number): string[] => Array.from({ length: count }, (_, i) => `node:${i}`);

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(aa * bb);
}

const all = (rows: Rows) =>
  Float64Array.from(Array.from({ length: rows.shape[0] }, (_, i) => [...row(rows, i)]).flat());

function embedded(count: number, given: Record<string, unknown> = {}) {
  const params = resolveReader({ headDim: dim, ...given });
  const records = recordSet(count);
  const tokens = 6 * count + 20;
  const workspace = { ops, params, spaces: [ops.space("test")], seed: "s", tokens };
  const map = mapTokens(records, tokens);
  const keyCodes = fillCodes(workspace, 0, "key", featureIds(features(count)));
  const valueCodes = fillCodes(workspace, 0, "value", featureIds(features(count)));
  const embedding = new HeadEmbedding(workspace, 0);
  embedding.embedKeys(map, keyCodes);
  embedding.embedValues(map, valueCodes, records.value);
  return { embedding, keyCodes, valueCodes, records, map, tokens };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const twoHeads = {
  ops,
  params: resolveReader({ headDim: dim }),
  spaces: [ops.space("first head"), ops.space("second head")],
  seed: "s",
};

describe("codes", () => {
  it("are the same for a feature wherever it stands in the list, and differ by head and role", () => {
    const codes = (names: string[], head: number, role: "key" | "value") =>
      fillCodes(twoHeads, head, role, featureIds(names));
    const a = codes(["x", "y"], 0, "key");
    expect(row(codes(["y"], 0, "key"), 0)).toEqual(row(a, 1));
    expect(Math.abs(correlation(row(a, 0), row(codes(["x"], 1, "key"), 0)))).toBeLessThan(0.4);
    expect(Math.abs(correlation(row(a, 0), row(codes(["x"], 0, "value"), 0)))).toBeLessThan(0.4);
  });

  it("sum with their weights and normalise to sqrt(d)", () => {
    const codes = fillCodes(twoHeads, 0, "key", featureIds(["x", "y"]));
    const out = zeros(1, dim);
    const terms = [
      { weight: 0.6, feature: 0 },
      { weight: 0.8, feature: 1 },
    ];
    sumCodes(codes, terms, out, 0);
    expect(row(out, 0)[5]).toBeCloseTo(0.6 * row(codes, 0)[5]! + 0.8 * row(codes, 1)[5]!, 6);
    const norm = Math.hypot(...row(normaliseRows(out), 0));
    expect(norm).toBeCloseTo(Math.sqrt(dim), 4);
  });
});

describe("HeadEmbedding", () => {
  it("keys correlate with their code by rho at anchors, sqrt(c) elsewhere in a record, not outside", () => {
    const count = 200;
    const { embedding, keyCodes, records, tokens } = embedded(count, { fidelity: 0.9, coherence: 0.3 });
    const at = (offset: number) =>
      mean(
        Array.from({ length: count }, (_, r) =>
          correlation(row(embedding.keys, records.anchor[r]! - offset), row(keyCodes, r)),
        ),
      );
    // the standard error of a mean of 200 correlations of 128 numbers is below 0.007
    expect(Math.abs(at(0) - 0.9)).toBeLessThan(0.02);
    for (const offset of [1, 5]) expect(Math.abs(at(offset) - Math.sqrt(0.3))).toBeLessThan(0.03);
    expect(Math.abs(correlation(row(embedding.keys, tokens - 1), row(keyCodes, count - 1)))).toBeLessThan(
      0.4,
    );
  });

  it("values are exactly the value code at anchors and noise elsewhere", () => {
    const { embedding, valueCodes, records } = embedded(20);
    expect(row(embedding.values, records.anchor[7]!)).toEqual(row(valueCodes, 7));
    expect(
      Math.abs(correlation(row(embedding.values, records.anchor[7]! - 1), row(valueCodes, 7))),
    ).toBeLessThan(0.4);
  });

  it("drawing a span again changes nothing else and gives the same bits", () => {
    const { embedding, keyCodes, records, map } = embedded(20, { kvDtype: "fp8" });
    const before = all(embedding.keys);
    embedding.embedKeys(map, keyCodes, undefined, { from: records.start[3]!, to: records.anchor[5]! + 1 });
    expect(all(embedding.keys)).toEqual(before);
  });

  it("packs what it stores: that is the float32 embedding, rounded", () => {
    const exact = embedded(1400).embedding; // more tokens than are packed at a time
    expect(exact.keys.shape[0]).toBeGreaterThan(8192);
    for (const kvDtype of packedDtypes) {
      const stored = embedded(1400, { kvDtype }).embedding;
      for (const part of ["keys", "values"] as const) {
        const rounded = tensor(Float32Array.from(all(exact[part])), [...exact[part].shape]);
        ops.round(rounded, kvDtype);
        const kept = all(stored[part]);
        const wrong = flat(rounded).findIndex((value, i) => value !== kept[i]);
        expect([kept.length, wrong], kvDtype).toEqual([flat(rounded).length, -1]);
      }
    }
  }, 300_000);
});
