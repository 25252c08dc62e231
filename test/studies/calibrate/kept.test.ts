import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keptFit } from "../../../src/studies/calibrate/kept.ts";
import type { CalibrationResult } from "../../../src/studies/calibrate/result.ts";
import type { HalfTargets } from "../../../src/studies/calibrate/target.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-kept-"));
afterAll(() => rmSync(folder, { recursive: true }));

const question = {
  version: "1",
  variant: "dense",
  model: "m",
  tasks: [],
  seed: 0,
  starts: 2,
  given: { fidelity: 0.98 },
};
const estimate = { value: 0.5, low: 0.4, high: 0.6 };
const row = { benchmark: "b", published: 0.6, meanField: estimate, numerics: null, trials: 0 };
const result: CalibrationResult = {
  ...question,
  trials: { meanField: 10, numerics: 0 },
  reader: { fidelity: 0.98, sharpness: 1.4 },
  fit: { point: { sharpness: 1.4 }, params: [], loss: 0, starts: [], evaluations: 3 },
  columns: [
    { ...row, role: "fitted", column: "1K" },
    { ...row, role: "left out", column: "2K" },
  ],
  baseline: { halfTokens: 1, slope: 1, searchPower: 1, error: { fitted: 0, "left out": 0 } },
  error: { fitted: { meanField: estimate, numerics: null }, "left out": { meanField: null, numerics: null } },
};
const target = (column: string) => ({
  name: `b:${column}`,
  benchmark: "b",
  column,
  published: 0.6,
  tokens: 1000,
  problems: [],
});
const targets: HalfTargets = { fitted: [target("1K")], "left out": [target("2K")] };

const path = join(folder, "calibration.json");
writeFileSync(path, JSON.stringify(result));

describe("keptFit", () => {
  it("gives back the fit of the same question", () => {
    expect(keptFit(path, question, 10, targets)).toEqual({
      fit: result.fit,
      reader: result.reader,
      fitted: { means: [estimate], trials: [10], error: estimate },
      leftOut: { means: [estimate], trials: [10], error: null },
    });
  });

  it("gives none for another question, other trials or columns, or another file", () => {
    expect(keptFit(path, { ...question, seed: 1 }, 10, targets)).toBeUndefined();
    expect(keptFit(path, { ...question, given: {} }, 10, targets)).toBeUndefined();
    expect(keptFit(path, question, 11, targets)).toBeUndefined();
    const exchanged = { fitted: targets["left out"], "left out": targets.fitted };
    expect(keptFit(path, question, 10, exchanged)).toBeUndefined();
    expect(keptFit(join(folder, "none.json"), question, 10, targets)).toBeUndefined();
    for (const text of ["null", "{}", "torn {"]) {
      writeFileSync(join(folder, "other.json"), text);
      expect(keptFit(join(folder, "other.json"), question, 10, targets)).toBeUndefined();
    }
  });
});
