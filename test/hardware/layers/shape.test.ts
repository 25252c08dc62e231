import { describe, expect, it } from "vitest";
import { keyValueBytes } from "../../../src/core/cost.ts";
import type { KvDtype } from "../../../src/core/dtype.ts";
import { attentionLayer } from "../../../src/hardware/layers/attention.ts";
import { models } from "../../../src/hardware/models/all.ts";

const rowBytes = (name: string, dtype: KvDtype): number =>
  keyValueBytes(attentionLayer(models.get(name).attention[0]).shape(1, dtype), 1);

describe("the shape of a layer", () => {
  it("makes a latent cache one head whose record is key and value at once", () => {
    const shape = attentionLayer(models.get("deepseek-v3").attention[0]).shape(10, "bf16");
    expect(shape).toMatchObject({ kvHeads: 1, headDim: 576, valueDim: 512, queryHeads: 128 });
    expect(keyValueBytes(shape, 10)).toBe(10 * 576 * 2);
  });

  it("takes the record of the model's own FP8 format", () => {
    expect(rowBytes("deepseek-v3.2", "fp8")).toBe(656);
    expect(rowBytes("deepseek-v3.2", "bf16")).toBe(1152);
  });

  it("counts grouped-query K and V apart", () => {
    expect(rowBytes("llama-3.1-405b", "bf16")).toBe(2 * 8 * 128 * 2);
  });
});
