import { afterAll, describe, expect, it } from "vitest";
import { mean } from "../../src/core/stats.ts";
import { loadEngine } from "../../src/kernels/engines.ts";
import { runTrials } from "../../src/simulate/quality.ts";

const ops = await loadEngine("wasm", { threads: 1 });
afterAll(() => ops.close());

/** Mean score of each variant over a few problems. */
function scores(task: string, variants: readonly string[], tokens = 4096, trials = 3): number[] {
  const found = variants.map((): number[] => []);
  for (let trial = 0; trial < trials; trial++)
    runTrials(
      variants.map((variant) => ({ task, tokens, seed: 0, trial, variant, reader: {}, engine: "wasm" })),
      ops,
      ({ variant }, { score }) => found[variants.indexOf(variant)]!.push(Number(score)),
      () => 0,
    );
  return found.map((own) => mean(own));
}

describe("dense attention at 4K", () => {
  it.each(["niah_single_1", "niah_single_3", "niah_multikey_3", "niah_multiquery"])(
    "does ruler(task=%s)",
    (task) => {
      expect(scores(`ruler(task=${task})`, ["dense"])).toEqual([1]);
    },
  );

  it("finds nearly all of four values of one key", () => {
    expect(scores("ruler(task=niah_multivalue)", ["dense"], 4096, 6)[0]).toBeGreaterThan(0.85);
  });
});

it("a reader that cannot reach the needle does not guess it", () => {
  expect(scores("ruler", ["sink-window(sinks=1,window=1)"], 4096, 6)).toEqual([0]);
});
