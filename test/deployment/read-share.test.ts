import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { readShare } from "../../src/deployment/read-share.ts";
import { models } from "../../src/hardware/models/all.ts";

const tokens = 2 ** 20;
const shareOf = (spec: string): number => readShare(parseSpec(spec), tokens).share;

describe("readShare", () => {
  // an index key of 132 B beside a latent record of 656 B: a fifth of the bytes, whatever k is
  it("takes DSA's index beside DeepSeek-V3.2's records", () => {
    for (const k of [1024, 2048])
      expect(shareOf(`dsa(k=${k})`)).toBeCloseTo((132 * tokens + 656 * k) / (656 * tokens), 6);
    // one layer of four keeps an index
    expect(shareOf("index-share(k=2048)")).toBeCloseTo((33 * tokens + 656 * 2048) / (656 * tokens), 6);
  });

  // 128 numbers in bf16 beside K and V of four heads of 128 in FP8; 16 blocks of 128, the own one is not scored
  it("takes MSA's index beside MiniMax-M3's K and V", () => {
    expect(shareOf("msa")).toBeCloseTo((256 * (tokens - 128) + 1024 * 2048) / (1024 * tokens), 6);
  });

  it("does not depend on the number of heads where pooled keys are the index", () => {
    expect(shareOf("nsa")).toBeCloseTo(1 / 16 + (16 * 64 + 512) / tokens, 3);
    expect(shareOf("infllm-v2")).toBeCloseTo(1 / 32 + (96 * 64) / tokens, 3);
  });

  it("is 1 for the model's own dense attention", () => {
    for (const dense of ["dense", "mla"]) expect(shareOf(dense)).toBe(1);
  });
});

it("variants are made for models of the catalog", () => {
  for (const { madeFor } of variants) if (madeFor !== undefined) expect(models.has(madeFor.model)).toBe(true);
});
