import { expect, it } from "vitest";
import { measuredFiles } from "../../../src/hardware/constants/fit/files.ts";
import { latentModels } from "../../../src/hardware/constants/fit/geometry.ts";
import { MeasuredRow } from "../../../src/hardware/constants/fit/rows.ts";
import { dsaModuleDecode } from "../../../src/hardware/kernels/latent-module.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const machine = machineOf(gb200Nvl72);

/** A row of DSA decoding: 8 requests with this many tokens in the cache before the step. */
const cached = (tokens: number): MeasuredRow =>
  new MeasuredRow("dsa-module-decode.csv", 2, {
    system: "gb200-nvl72",
    model: "deepseek-ai/DeepSeek-V3.2",
    weight_dtype: "fp8_block",
    kv_dtype: "fp8",
    query_heads: "128",
    batch: "8",
    context_tokens: String(tokens),
    latency_ms: "0.1",
  });

it("a measured decode step reads its own new token beside those of its row", () => {
  const { predict } = measuredFiles.find(({ file }) => file === "dsa-module-decode")!;
  const time = (contextTokens: number) =>
    dsaModuleDecode(machine, {
      ...latentModels["deepseek-v3"],
      queryHeads: 128,
      weights: "fp8-block",
      kvDtype: "fp8",
      requests: 8,
      contextTokens,
    });
  const names = (tokens: number): string[] => predict(machine, cached(tokens)).parts.map(({ name }) => name);
  expect(predict(machine, cached(4096)).seconds).toBe(time(4097).seconds);
  // with 2,048 tokens in the cache, the new one makes more than the 2,048 that a query reads: the index ranks them
  expect(names(2048)).toContain("top 2048");
  expect(names(2047)).not.toContain("top 2048");
});
