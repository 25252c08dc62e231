import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { kvDtypeBytes } from "../../src/core/dtype.ts";
import { resolveParams } from "../../src/core/params.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { nativeOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { compressedRecord } from "../../src/core/record.ts";

const tokens = 2 ** 17;
const descending = ["f32", "bf16", "fp8", "nvfp4"] as const;

/** Whether each of the numbers is less than the one before. */
const falls = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number < numbers[i - 1]!);

it.each([...models])("$name keeps and reads fewer bytes in a narrower type", (model) => {
  const costs = descending.map((dtype) => modelCost(model, parseSpec(nativeOf(model)), tokens, dtype));
  expect(falls(costs.map(({ keptBytes }) => keptBytes))).toBe(true);
  expect(falls(costs.map(({ kvReadBytes }) => kvReadBytes))).toBe(true);
});

it.each([...variants].filter(({ refuses }) => refuses?.kvDtype === undefined))(
  "$name keeps and reads fewer bytes in a narrower type",
  (variant) => {
    const costs = descending.map((dtype) =>
      variant.cost(
        { tokens, queryHeads: 32, kvHeads: 8, headDim: 128, bytesPerElement: kvDtypeBytes[dtype] },
        resolveParams(variant.name, variant.params),
      ),
    );
    expect(falls(costs.map(({ keptBytes }) => keptBytes))).toBe(true);
    expect(falls(costs.map(({ kvReadBytes }) => kvReadBytes))).toBe(true);
  },
);

describe("the record of DeepSeek-V4", () => {
  it("is 584 B in FP8: 448 numbers, 7 scales and a spare byte, 64 rotary numbers in bf16", () => {
    expect(compressedRecord(512, 1)).toBe(448 + 8 + 128);
    expect([4, 2, 0.5625].map((bytes) => compressedRecord(512, bytes))).toEqual([2048, 1024, 252 + 128]);
  });

  // 30 layers of CSA keep an entry for 4 tokens, 31 of HCA one for 128, all of them a window of 128
  it("is what DeepSeek-V4 Pro keeps, in the type that is asked for", () => {
    const pro = models.get("deepseek-v4-pro");
    for (const [dtype, record] of [
      ["bf16", 1024],
      ["fp8", 584],
    ] as const)
      expect(modelCost(pro, parseSpec(nativeOf(pro)), tokens, dtype).keptBytes).toBe(
        record * (30 * (tokens / 4) + 31 * (tokens / 128) + 61 * 128),
      );
  });
});
