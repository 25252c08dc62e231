import { describe, expect, it } from "vitest";
import { variants } from "../../../src/attention/registry.ts";
import { UsageError } from "../../../src/core/errors.ts";
import { candidateCost } from "../../../src/studies/explain/cost.ts";
import type { CostSetting } from "../../../src/studies/explain/cost.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import type { TargetColumn } from "../../../src/studies/calibrate/target.ts";
import {
  attentionCandidates,
  namedCandidates,
  rivalCandidates,
} from "../../../src/studies/explain/candidates.ts";
import type { Candidate } from "../../../src/studies/explain/candidates.ts";
import { rankCandidates, standingsOf } from "../../../src/studies/explain/standings.ts";

const candidate = (name: string): Candidate => ({
  name,
  kind: "attention",
  group: name,
  variant: name,
  reader: {},
});
const target = (i: number, published: number, tokens: number): TargetColumn => ({
  name: `b:${i}`,
  benchmark: "b",
  column: String(i),
  published,
  tokens,
  problems: [],
});

describe("candidates", () => {
  it("are every variant that has a mean field, at more settings than one where there is a budget", () => {
    const all = attentionCandidates({ sharpness: 1.3 });
    const groups = new Set(all.map(({ group }) => group));
    expect(groups.size).toBeGreaterThanOrEqual(12);
    for (const { variant, reader } of all) {
      expect(reader).toEqual({ sharpness: 1.3 });
      expect(variants.has(variant.replace(/\(.*/, ""))).toBe(true);
    }
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["dense", "dsa", "dsa(k=512)", "dsa(k=131072)"]),
    );
    expect(groups).not.toContain("a-shape");
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it("change one number of the reader, towards finding more, or the shape of the logits", () => {
    const fitted = { sharpness: 1.3, fidelity: 0.98, residualNoise: 1 };
    const rivals = rivalCandidates("dense", fitted);
    const names = rivals.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["dense+yarn", "dense+ssmax", "residualNoise 0.5", "reads 4"]),
    );
    for (const { kind, reader } of rivals) {
      const changed = Object.entries(reader).filter(
        ([name, value]) => fitted[name as keyof typeof fitted] !== value,
      );
      expect(changed).toHaveLength(kind === "logits" ? 0 : 1);
      resolveReader(reader);
    }
    expect(rivalCandidates("dense+yarn", fitted).map(({ kind }) => kind)).not.toContain("logits");
  });

  it("are what the user names, and nothing that there is not", () => {
    expect(namedCandidates(["dsa(k=64)+fp8"], {})[0]).toMatchObject({
      group: "dsa",
      variant: "dsa(k=64)+fp8",
    });
    expect(() => namedCandidates(["nope"], {})).toThrow(UsageError);
  });
});

describe("standingsOf", () => {
  const targets = [target(0, 0.9, 8192), target(1, 0.5, 1_048_576)];
  const scored = [
    {
      candidate: candidate("base"),
      scores: [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ].map((row) => Float64Array.from(row)),
    },
    {
      candidate: candidate("far"),
      scores: [
        [0, 0, 0, 1],
        [0, 0, 0, 1],
      ].map((row) => Float64Array.from(row)),
    },
    {
      candidate: candidate("near"),
      scores: [
        [1, 1, 1, 1],
        [0, 1, 0, 1],
      ].map((row) => Float64Array.from(row)),
    },
  ];

  it("puts the nearest first, with what it gains on no change and how far the others are behind", () => {
    const { base, ranking } = standingsOf(scored, targets);
    expect(base.error.value).toBeCloseTo((0.1 + 0.5) / 2);
    expect(base.longError).toBeCloseTo(0.5);
    expect(ranking.map((each) => each.candidate.name)).toEqual(["near", "far"]);
    const [near, far] = ranking as [(typeof ranking)[0], (typeof ranking)[0]];
    expect(near.error.value).toBeCloseTo(0.05);
    expect(near.gain.value).toBeCloseTo(0.25);
    expect(near.behind).toEqual({ value: 0, low: 0, high: 0 });
    expect(far.gain.value).toBeCloseTo(0.3 - (0.65 + 0.25) / 2);
    expect(far.behind.value).toBeCloseTo(0.4);
    for (const { gain, error } of ranking) {
      expect(gain.low).toBeLessThanOrEqual(gain.value);
      expect(gain.high).toBeGreaterThanOrEqual(gain.value);
      expect(error.low).toBeLessThan(error.high);
    }
  });
});

describe("rankCandidates", () => {
  it("finds the change that was made", () => {
    const problems = [{ task: "graphwalks(operation=parents)", tokens: 1_024_000 }];
    const reader = { sharpness: 1.25, residualNoise: 1 };
    const [base, selected] = [candidate("dense"), candidate("dsa")].map((each) => ({ ...each, reader }));
    const asked = { trials: 12, seed: 2 };
    const blank = { ...target(0, 0, 1_024_000), problems };
    const made = rankCandidates({ base: selected!, candidates: [], ...asked }, [blank]).base.columns.means[0]!
      .value;
    const seen: number[] = [];
    const { ranking, base: unchanged } = rankCandidates(
      {
        base: base!,
        candidates: [...rivalCandidates("dense", reader).filter(({ kind }) => kind === "logits"), selected!],
        ...asked,
        onCandidate: () => seen.push(1),
      },
      [{ ...blank, published: made }],
    );
    expect(ranking[0]!.error.value).toBe(0);
    expect(ranking.find(({ error }) => error.value === 0)).toBeDefined();
    expect(ranking.find((each) => each.candidate.name === "dsa")!.error.value).toBe(0);
    expect(unchanged.error.value).toBeGreaterThan(0.05);
    expect(seen).toHaveLength(ranking.length + 1);
  });
});

describe("candidateCost", () => {
  const setting: CostSetting = {
    model: models.get("deepseek-v3"),
    weights: "nvfp4",
    kvDtype: "fp8",
    tokens: 1_048_576,
    users: 100,
    systems: [systems.get("gb200-nvl72"), systems.get("gb300-nvl72")],
  };

  it("pays for each read, keeps what is kept, and charges rent by the step", () => {
    const [one, four] = [candidateCost("dense", 1, setting), candidateCost("dense", 4, setting)];
    expect(four.bytesReadPerToken).toBeCloseTo(4 * one.bytesReadPerToken);
    expect(four.bytesPerUser).toBe(one.bytesPerUser);
    one.systems.forEach(({ usersPerRack, tpotSeconds, dollarsPerMillion }, i) => {
      expect(usersPerRack).toBeGreaterThan(100);
      expect(four.systems[i]!.tpotSeconds!).toBeGreaterThan(2 * tpotSeconds!);
      const rental = setting.systems[i]!.gpu.rental!.value;
      expect(dollarsPerMillion!).toBeCloseTo((((72 * rental) / 3600) * tpotSeconds! * 1e6) / 100);
    });
    expect(one.systems[1]!.usersPerRack).toBeGreaterThan(one.systems[0]!.usersPerRack);
  });

  it("has no step where the users do not fit, and reads less where less is selected", () => {
    const crowded = candidateCost("dense", 1, { ...setting, users: 5000 });
    expect(crowded.systems[0]).toMatchObject({ tpotSeconds: null, dollarsPerMillion: null });
    expect(candidateCost("dsa", 1, setting).bytesReadPerToken).toBeLessThan(
      candidateCost("dense", 1, setting).bytesReadPerToken / 3,
    );
  });
});
