import { describe, expect, it } from "vitest";
import { mean } from "../../../src/core/stats.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";
import { runTrials } from "../../../src/trial/run.ts";

const ops = await loadEngine("wasm", { threads: 1 });

interface Asked {
  readonly task: string;
  readonly variant?: string;
  readonly tokens: number | string;
  readonly problems?: number;
  readonly reader?: Readonly<Record<string, number | string>>;
}

const textReader = { geometry: "text", kvHeads: 8, sharpness: 7 };

const drawn = ({ task, variant = "dense", tokens, problems = 20, reader = {} }: Asked) =>
  Array.from({ length: problems }, (_, trial) =>
    meanFieldRow(
      makeTrial({ task, variant, tokens, trial, mode: "mean-field", reader: { ...textReader, ...reader } }),
    ),
  );

const scoreOf = (asked: Asked): number => mean(drawn(asked).map(({ score }) => score!));

const parents = "graphwalks(operation=parents)";

describe("the mean field of keys that follow the text", () => {
  it("has the gold mass of full numerics", () => {
    for (const { task, tokens, reader } of [
      { task: "mrcr(keys=whole)", tokens: 8192, reader: {} },
      { task: parents, tokens: 4000, reader: { sharpness: 3 } },
    ]) {
      const masses: number[] = [];
      const trials = [0, 1, 2].map((trial) =>
        makeTrial({ task, variant: "dense", tokens, trial, reader: { ...textReader, ...reader } }),
      );
      runTrials([trials[0]!], { ops, onRow: (_, row) => masses.push(row.goldMass!) });
      for (const trial of trials.slice(1))
        runTrials([trial], { ops, onRow: (_, row) => masses.push(row.goldMass!) });
      const expected = mean(drawn({ task, tokens, reader }).map(({ goldMass }) => goldMass!));
      expect(Math.abs(mean(masses) - expected), `${task}: ${mean(masses)}, ${expected}`).toBeLessThan(0.15);
    }
  });

  it("finds less where keys know less of their words and subject, and nothing where they know none", () => {
    const task = "graphwalks(depth=1,degree=3)";
    const whole = scoreOf({ task, tokens: "16K" });
    const less = scoreOf({ task, tokens: "16K", reader: { geometry: "text(context=0.12,subject=0.06)" } });
    const none = scoreOf({ task, tokens: "16K", reader: { geometry: "text(context=0,subject=0)" } });
    expect(whole).toBeGreaterThan(0.8);
    expect(less).toBeLessThan(whole - 0.1);
    expect(none).toBe(0);
  });

  it("reads what a selection by logits keeps, and little of what a window does", () => {
    const dense = scoreOf({ task: parents, tokens: "64K" });
    expect(scoreOf({ task: parents, tokens: "64K", variant: "oracle" })).toBeCloseTo(dense, 1);
    expect(scoreOf({ task: parents, tokens: "64K", variant: "sink-window" })).toBeLessThan(0.4);
  });

  it("refuses variants whose choice it does not have, and tasks without an outline", () => {
    expect(() => drawn({ task: parents, tokens: 4000, variant: "snapkv" })).toThrow(/eviction/);
    expect(() => drawn({ task: parents, tokens: 4000, variant: "kda" })).toThrow(/recurrent/);
    expect(() => drawn({ task: "ruler(task=niah_single_1)", tokens: 4096 })).toThrow(/has no mean field/);
  });
});
