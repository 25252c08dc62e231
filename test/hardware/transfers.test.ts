import { expect, it } from "vitest";
import { llama31Of405b } from "../../src/hardware/models/llama-3.1-405b.ts";
import { deepseekV3 } from "../../src/hardware/models/deepseek-v3.ts";
import { exchangedBytes, fetchedBytes, gatheredBytes } from "../../src/hardware/transfers.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { parseSpec } from "../../src/attention/spec.ts";

it("a piece brings whole sectors: the mean over pieces laid end to end", () => {
  for (const piece of [1, 31, 32, 33, 72, 324, 576, 656]) {
    let total = 0;
    for (let i = 0; i < 32; i++)
      total += 32 * (Math.ceil(((i + 1) * piece) / 32) - Math.floor((i * piece) / 32));
    expect(fetchedBytes(piece)).toBeCloseTo(total / 32, 9);
  }
});

it("an exchange of outputs is that of Helix, per GPU B H / KVP bf16 and B heads / KVP x 2 float32 to each other", () => {
  const [layers, heads, hidden] = [126, 128, 16_384];
  const perPair = (hidden * 2 + heads * 8) / 8;
  expect(exchangedBytes(llama31Of405b, 8)).toBe(layers * 8 * 7 * perPair);
  expect(exchangedBytes(llama31Of405b, 1)).toBe(0);
});

it("a gather brings the rows that are read, all but a GPU's own", () => {
  const cost = modelCost(deepseekV3, parseSpec("dsa(k=2048)"), 1_000_000, "fp8");
  expect(gatheredBytes(cost, 1)).toBe(0);
  expect(gatheredBytes(cost, 72)).toBeCloseTo((61 * 2048 * 576 * 71) / 72, 0);
});
