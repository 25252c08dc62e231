import { expect, it } from "vitest";
import { kivi } from "../../../src/attention/parts/kivi.ts";
import { kvDtypes } from "../../../src/core/dtype.ts";
import type { KvDtype } from "../../../src/core/dtype.ts";
import { mean } from "../../../src/core/stats.ts";
import { flat } from "../../../src/core/tensor.ts";
import type { Tensor } from "../../../src/core/tensor.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import { roundingOf } from "../../../src/reader/mean-field/rounding.ts";

const decode = { phase: "decode", step: 0 } as const;

/** Mean square of what a dtype adds to standard normal keys. */
async function measured(dtype: KvDtype): Promise<number> {
  const ops = await loadEngine("reference", { threads: 1 });
  const space = ops.space("rounding");
  const keys = space.empty(1024, 128);
  ops.fillNormal(keys, [1, 2]);
  const exact = flat(keys).slice();
  let rounded: Tensor = keys;
  if (dtype === "kivi2") {
    const table = { tensor: keys, kind: "kv", rowBytes: 1 } as const;
    const cache = { tokens: 1024, headDim: 128, bytesPerElement: 1, seed: "", contextEnd: 1023 };
    const head = { space, keys: table, values: table };
    const observed = (): never => {
      throw new Error("nobody asks");
    };
    rounded = kivi({ ...cache, heads: [head], observed }).heads[0]!.keys.tensor as Tensor;
  } else if (dtype !== "f32") ops.round(keys, dtype);
  const square = mean(Float64Array.from(flat(rounded), (x, i) => (x - exact[i]!) ** 2));
  ops.close();
  return square;
}

it.each(kvDtypes)("%s adds the noise that the mean field has it add", async (dtype) => {
  const noise = await measured(dtype);
  expect(Math.abs(noise - roundingOf(dtype, decode))).toBeLessThanOrEqual(0.05 * noise);
});

it("what is rounded when the prompt has been read is exact while it is read", () => {
  expect(roundingOf("kivi2", { phase: "prefill", step: 0 })).toBe(0);
});
