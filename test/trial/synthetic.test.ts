import { afterAll, describe, expect, it } from "vitest";
import { mean } from "../../src/core/stats.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { runTrials } from "../../src/trial/run.ts";

const ops = await loadEngine("wasm", { threads: 1 });
afterAll(() => ops.close());

/** Mean score of each variant over a few problems. */
function scores(
  task: string,
  variants: readonly string[],
  tokens: number,
  trials = 3,
  reader = {},
): number[] {
  const found = variants.map((): number[] => []);
  for (let trial = 0; trial < trials; trial++)
    runTrials(
      variants.map((variant) => ({
        task,
        tokens,
        seed: 0,
        trial,
        variant,
        reader,
        mode: "numerics",
        engine: "wasm",
      })),
      { ops, onRow: ({ variant }, { score }) => found[variants.indexOf(variant)]!.push(Number(score)) },
    );
  return found.map((own) => mean(own));
}

describe("dense attention", () => {
  it.each([
    ["mqar(pairs=64)", 4096],
    ["k-hop", 4096],
    ["k-hop(characters=64,hops=16)", 4096],
    ["nolima(association=.8)", 4096],
  ])("does %s", (task, tokens) => {
    expect(scores(task, ["dense"], tokens)).toEqual([1]);
  });
});

it("a plan with fewer full layers than hops fails, one with enough does not (Sanford et al. 2024)", () => {
  const [enough, few, local] = scores(
    "k-hop(characters=64,hops=6)",
    [
      "layers(6*dense|6*sink-window(window=64))",
      "layers(5*dense|sink-window(window=64))",
      "layers(12*sink-window(window=64))",
    ],
    2048,
    6,
  );
  expect(enough).toBe(1);
  // what is left is chance: an output of noise names any of 64 characters
  expect(few).toBeLessThan(0.5);
  expect(local).toBeLessThan(0.5);
});

it("an association weaker than a literal match is lost earlier", () => {
  const tokens = 16_384;
  const [strong] = scores("nolima(association=1)", ["dense"], tokens, 4);
  const [weak] = scores("nolima(association=.5)", ["dense"], tokens, 4);
  expect(strong).toBe(1);
  expect(weak).toBeLessThan(0.5);
});

it("a state holds no more pairs than it has room for, dense attention all", () => {
  const small = { headDim: 32, kvHeads: 2, sharpness: 2, residualNoise: 0.1 };
  const variants = ["dense", "gated-deltanet"];
  const [dense, delta] = scores("mqar(pairs=64)", variants, 256, 1, small) as [number, number];
  expect(dense).toBeGreaterThan(0.95);
  expect(delta).toBeLessThan(0.5);
});
