import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.ts";
import { mean } from "../../../src/core/stats.ts";
import { fitReader } from "../../../src/studies/calibrate/fit.ts";
import { meanFieldScores } from "../../../src/studies/calibrate/scores.ts";
import { defaultsOf, freeOf, searchPoint } from "../../../src/studies/calibrate/search.ts";
import type { TargetColumn } from "../../../src/studies/calibrate/target.ts";

/** One-hop walks and short counts, which the mean field answers at once. */
const problems = [
  { task: "graphwalks(operation=parents)", tokens: 256_000 },
  { task: "graphwalks(operation=parents)", tokens: 1_024_000 },
  { task: "graphwalks(depth=1)", tokens: 1_024_000 },
  { task: "mrcr(needles=2,keys=whole)", tokens: 524_288 },
];
const known = { sharpness: 1.35, fidelity: 0.98, residualNoise: 0.9 };
const drawing = { variant: "dense", reader: {}, trials: 24, seed: 3 };

const blank = (i: number): TargetColumn => ({
  name: `c:${i}`,
  benchmark: "c",
  column: String(i),
  published: 0,
  tokens: problems[i]!.tokens,
  problems: [problems[i]!],
});

/** Columns that a reader with known parameters has. */
const synthetic = (): TargetColumn[] => {
  const targets = problems.map((_, i) => blank(i));
  const scores = meanFieldScores({ ...drawing, reader: known }, targets);
  return targets.map((target, i) => ({ ...target, published: mean(scores[i]!) }));
};

describe("fitReader", () => {
  const targets = synthetic();
  const fitted = [targets[0]!, targets[1]!, targets[3]!];
  const columns = { fitted, "left out": [targets[2]!] };

  it("recovers the parameters that made synthetic columns, and the columns it was not fitted to", () => {
    const found = fitReader({ ...drawing, starts: 1 }, columns);
    expect(found.fitted.error!.value).toBeLessThan(0.02);
    expect(found.leftOut.error!.value).toBeLessThan(0.1);
    expect(found.fit.point.sharpness).toBeCloseTo(known.sharpness, 1);
    expect(found.fit.point.residualNoise).toBeCloseTo(known.residualNoise, 1);
    for (const { name, value, low, high } of found.fit.params) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect([low, high]).toSatisfy(() => low <= known[name] + 0.05 && high >= known[name] - 0.05);
    }
    expect(found.reader).toEqual(found.fit.point);
  });

  it("keeps what is given, and is the same for the same seed alone", () => {
    const once = (seed: number) =>
      fitReader(
        { ...drawing, trials: 5, seed, starts: 1, reader: { fidelity: 0.97, coherence: 0.2 } },
        { fitted: fitted.slice(0, 2), "left out": [] },
      );
    const found = once(5);
    expect(found.reader).toMatchObject({ fidelity: 0.97, coherence: 0.2 });
    expect(Object.keys(found.fit.point)).toEqual(["sharpness", "residualNoise"]);
    expect(found.leftOut).toEqual({ means: [], trials: [], error: null });
    expect(once(5)).toEqual(found);
    expect(once(6).fit.starts).not.toEqual(found.fit.starts);
  });

  it("refuses what has no mean field, and a fit of nothing", () => {
    expect(() => fitReader({ ...drawing, variant: "dense+entmax", starts: 1 }, columns)).toThrow(UsageError);
    expect(() => fitReader({ ...drawing, reader: known, starts: 1 }, columns)).toThrow(
      /nothing is left to fit/,
    );
  });
});

describe("searchPoint", () => {
  /** a score that falls where a parameter is off, without a simulation */
  const smooth = ({ sharpness, fidelity, residualNoise }: Partial<typeof known>, i: number): number =>
    [sharpness! / 2, 10 * (1 - fidelity!), residualNoise! / 2][i]!;
  const truth = { sharpness: 1.62, fidelity: 0.955, residualNoise: 0.5 };
  const targets = [0, 1, 2].map((i) => ({ ...blank(i), published: smooth(truth, i) }));

  it("finds a point far from where it begins, and gives a parameter without noise no interval", () => {
    const evaluations: number[] = [];
    const { point, params, loss } = searchPoint({
      scoresAt: (at) => [0, 1, 2].map((i) => new Float64Array(4).fill(smooth(at, i))),
      targets,
      from: defaultsOf({}),
      free: freeOf({}),
      starts: 2,
      seed: 1,
      onEvaluation: () => evaluations.push(1),
    });
    expect(loss).toBeLessThan(1e-4);
    expect(point.sharpness).toBeCloseTo(truth.sharpness, 1);
    expect(point.fidelity).toBeCloseTo(truth.fidelity, 2);
    expect(point.residualNoise).toBeCloseTo(truth.residualNoise, 1);
    for (const { value, low, high } of params) expect([low, high]).toEqual([value, value]);
    expect(evaluations.length).toBeGreaterThan(60);
  });
});
