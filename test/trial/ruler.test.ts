import { afterAll, describe, expect, it } from "vitest";
import { mean } from "../../src/core/stats.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { runTrials } from "../../src/trial/run.ts";

const ops = await loadEngine("wasm", { threads: 1 });
afterAll(() => ops.close());

/** Mean score of each variant over a few problems. */
function scores(task: string, variants: readonly string[], tokens = 4096, trials = 3): number[] {
  const found = variants.map((): number[] => []);
  for (let trial = 0; trial < trials; trial++)
    runTrials(
      variants.map((variant) => ({
        task,
        tokens,
        seed: 0,
        trial,
        variant,
        reader: {},
        mode: "numerics",
        engine: "wasm",
      })),
      { ops, onRow: ({ variant }, { score }) => found[variants.indexOf(variant)]!.push(Number(score)) },
    );
  return found.map((own) => mean(own));
}

describe("dense attention at 4K", () => {
  it.each(["niah_single_1", "niah_single_3", "niah_multikey_3", "niah_multiquery", "vt"])(
    "does ruler(task=%s)",
    (task) => {
      expect(scores(`ruler(task=${task})`, ["dense"])).toEqual([1]);
    },
  );

  it("finds nearly all of four values of one key", () => {
    expect(scores("ruler(task=niah_multivalue)", ["dense"], 4096, 6)[0]).toBeGreaterThan(0.85);
  });
});

describe("aggregation", () => {
  it.each(["cwe", "fwe"])("of ruler(task=%s) is what selection must lose", (task) => {
    const [dense, selected] = scores(`ruler(task=${task})`, ["dense", "dsa(k=32)"], 4096, 4) as [
      number,
      number,
    ];
    expect(dense).toBeGreaterThan(0.9);
    expect(selected).toBeLessThan(dense - 0.2);
  });
});

it("a chain breaks where a hop cannot see its record", () => {
  const [dense, blind, shallow] = scores("ruler(task=vt)", [
    "dense",
    "sink-window(sinks=1,window=1)",
    "layers(2*dense)",
  ]);
  expect([dense, blind]).toEqual([1, 0]);
  expect(shallow).toBeCloseTo(2 / 5, 9);
});

it("a reader that cannot reach the needle does not guess it", () => {
  expect(scores("ruler", ["sink-window(sinks=1,window=1)"], 4096, 6)).toEqual([0]);
});
