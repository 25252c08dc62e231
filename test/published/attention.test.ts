import { expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import type { StepCost, StepShape } from "../../src/core/cost.ts";
import { keyValueBytes } from "../../src/core/cost.ts";
import { resolveParams } from "../../src/core/params.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { logitFactor } from "../attention/fixtures.ts";

const shapeAt = (tokens: number): StepShape => ({
  tokens,
  queryHeads: 64,
  kvHeads: 4,
  headDim: 128,
  bytesPerElement: 2,
});

const cost = (name: string, tokens: number, params: AnyParams = {}): StepCost => {
  const variant = variants.get(name);
  return variant.cost(shapeAt(tokens), resolveParams(name, variant.params, params));
};

/** Bytes that a decode step reads, KV and index, in tokens' worth of K and V. */
const tokensRead = (name: string, tokens: number, params: AnyParams = {}): number => {
  const { kvReadBytes, indexReadBytes } = cost(name, tokens, params);
  return (kvReadBytes + indexReadBytes) / keyValueBytes(shapeAt(tokens), 1);
};

// Yuan et al. 2025, arXiv 2502.11089, table 4: memory access of a decode step, in tokens, and the expected speed-up
it.each([
  [8192, 2048, 4],
  [16384, 2560, 6.4],
  [32768, 3584, 9.1],
  [65536, 5632, 11.6],
])("NSA at %i tokens reads %i a decode step: %fx", (tokens, published, speedUp) => {
  // the paper's N/16 counts an entry whose block the end of the context cuts
  expect(tokensRead("nsa", tokens)).toBe(published - 1);
  expect(tokens / tokensRead("nsa", tokens)).toBeCloseTo(speedUp, 1);
});

// Tang et al. 2024, arXiv 2406.10774, section 3.3: 1/page + pages read/pages, at 64K, page 16, budget 4096
it("Quest loads an eighth of the cache", () => {
  // bounds are K-sized twice, so one K and V row for each page; the query's own page needs none
  expect(tokensRead("quest", 65536, { page: 16, budget: 4096 })).toBe(65536 / 8 - 1);
});

// Lu et al. 2025, arXiv 2502.13189, section 3.1 and figure 2: sparsity 1 - k B / N
it.each([
  [2 ** 20, 0.9531],
  [2 ** 17, 0.625],
])("MoBA at %i tokens is %f sparse", (tokens, sparsity) => {
  const { kvReadBytes } = cost("moba", tokens, { block: 4096, k: 12 });
  expect(1 - kvReadBytes / keyValueBytes(shapeAt(tokens), tokens)).toBeCloseTo(sparsity, 4);
});

// DeepSeek-V3.2-Exp: an index key is 128 FP8 numbers and a float32 scale
it("DSA keeps and reads 132 bytes of index a token", () => {
  expect(cost("dsa", 65536).indexKeptBytes).toBe(132 * 65536);
  expect(cost("dsa", 65536).indexReadBytes).toBe(132 * 65536);
  expect(cost("dsa", 65536).kvReadBytes).toBe(keyValueBytes(shapeAt(65536), 2048));
});

// MiniMax-M3 model card: attention of a whole prefill at 1M takes 28.4 times less than full attention; at half its length
it("MSA computes 28.4 times less than dense attention at a million tokens", () => {
  const [full, sparse] = [cost("dense", 2 ** 19).flops, cost("msa", 2 ** 19).flops];
  // the query's own block is read without being scored, which the published figure leaves out
  expect(Math.abs(full / sparse - 28.4)).toBeLessThan(0.06);
});

// deepseek-ai/FlashMLA, README: 512 FP8 numbers, 4 float32 scales, 64 bf16 numbers
it("MLA keeps a record of 656 bytes in FP8, and 576 numbers otherwise", () => {
  const mla = variants.get("mla");
  const kept = (bytesPerElement: number): number =>
    mla.cost({ ...shapeAt(1000), bytesPerElement }, resolveParams("mla", mla.params)).keptBytes;
  expect(kept(1)).toBe(656_000);
  expect(kept(2)).toBe(1_152_000);
});

// DeepSeek-V4 technical report: cache at a million tokens against that of V3.2
it.each([
  ["deepseek-v4-pro", 9.5],
  ["deepseek-v4-flash", 13.7],
])("%s keeps %f times less than DeepSeek-V3.2 at a million tokens", (name, published) => {
  const shape = { ...shapeAt(2 ** 20), bytesPerElement: 1 };
  const kept = (variant: string): number => {
    const { keptBytes, indexKeptBytes } = variants
      .get(variant)
      .cost(shape, resolveParams(variant, variants.get(variant).params));
    return keptBytes + indexKeptBytes;
  };
  const v32 =
    61 *
    (kept("mla") +
      variants.get("dsa").cost(shape, resolveParams("dsa", variants.get("dsa").params)).indexKeptBytes);
  expect(v32 / (variants.get(name).layers!.length * kept(name))).toBeCloseTo(published, 1);
});

// Nakanishi 2025, arXiv 2501.19399, figure 1: the largest element of (-2, ..., -2, +3), by softmax and by SSMax, s = .43
it.each([
  [1e2, 0.6, 0.995, 3],
  [1e3, 0.129, 0.9996, 3],
  [1e6, 1.5e-4, 1, 5],
])("SSMax of %i elements does not fade", (n, plain, scaled, digits) => {
  const weight = (factor: number): number => 1 / (1 + (n - 1) * Math.exp(-5 * factor));
  expect(weight(logitFactor("none", n))).toBeCloseTo(plain, digits);
  expect(weight(logitFactor("ssmax", n))).toBeCloseTo(scaled, 3);
});
