import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { parametersOf, weightCounts } from "../../src/hardware/parameters.ts";

/** Facts that are publicly known of a model. */
interface Published {
  readonly layers: number;
  /** bytes of K and V a token in bf16, of layers that keep every token */
  readonly kv: number;
  /** bytes that windows and chunks keep once they are full */
  readonly windows?: number;
  readonly state?: number;
  readonly convolutions?: number;
  /** parameters in all, billions; of the language model alone */
  readonly total?: number;
  /** parameters that a token passes, billions, with or without the embeddings, rounded as published */
  readonly active?: number;
  readonly index?: number;
  /** most deviation of the total, a share: .01 but where the published number is rounded more coarsely, or has more in it */
  readonly within?: number;
}

const window = (layers: number, tokens: number, row: number): number => layers * tokens * row;

// prettier-ignore
const published: Readonly<Record<string, Published>> = {
  "Qwen--Qwen3-8B": { layers: 36, kv: 36 * 2 * 8 * 128 * 2, total: 8.2 },
  "Qwen--Qwen3-30B-A3B": { layers: 48, kv: 98_304, total: 30.5, active: 3.3 },
  "Qwen--Qwen3-Coder-480B-A35B-Instruct": { layers: 62, kv: 253_952, total: 480, active: 35 },
  "Qwen--Qwen3-VL-235B-A22B-Instruct": { layers: 94, kv: 192_512, total: 235 },
  "Qwen--Qwen2.5-VL-7B-Instruct": { layers: 28, kv: 57_344, total: 7.6 },
  // the sum of its tensors on the hub
  "Qwen--Qwen3-Next-80B-A3B": { layers: 48, kv: 24_576, total: 79.674391296, state: 36 * 32 * 128 * 128 * 4, convolutions: 36 * 3 * 8192 * 4, within: 0.00001 },
  "Qwen--Qwen3.5-27B": { layers: 64, kv: 65_536, total: 27, state: 150_994_944, convolutions: 5_898_240 },
  // llama.cpp's log: 598.50 MiB for 4 sequences
  "nvidia--Qwen3.6-27B-NVFP4": { layers: 64, kv: 65_536, total: 27, state: 156_893_184 - 5_898_240, convolutions: 5_898_240 },
  "XiaomiMiMo--MiMo-7B-Base": { layers: 36, kv: 147_456, total: 7.6 },
  "google--gemma-3-12b-it": { layers: 48, kv: 65_536, windows: window(40, 1024, 8192), total: 11.77 },
  "nvidia--Gemma-4-31B-IT-NVFP4": { layers: 60, kv: 81_920, windows: window(50, 1024, 2 * 16 * 256 * 2), total: 31 },
  "meta-llama--Llama-4-Maverick-17B-128E-Instruct": { layers: 48, kv: 49_152, windows: window(36, 8192, 4096), total: 400, active: 17 },
  "meta-llama--Meta-Llama-3.1-8B": { layers: 32, kv: 131_072, total: 8.03 },
  "mistralai--Mixtral-8x7B-v0.1": { layers: 32, kv: 131_072, total: 46.7, active: 12.9 },
  // 125,023,813,632 by its matrices, 88 layers of 1,384,120,320 and two embeddings of 1,610,612,736: the name's 123B has one
  // embedding less (123.4B), or is that of Mistral Large 2, whose vocabulary is a quarter of this one (122.6B)
  "mistralai--Devstral-2-123B-Instruct": { layers: 88, kv: 360_448, total: 123, within: 0.017 },
  "LGAI--EXAONE-4.0-32B": { layers: 64, kv: 65_536, windows: window(48, 4096, 4096), total: 32 },
  "LiquidAI--LFM2.5-VL-1.6B": { layers: 16, kv: 12_288, convolutions: 10 * 2 * 2048 * 4, total: 1.2, within: 0.03 },
  "nvidia--NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": { layers: 52, kv: 6144, state: 23 * 64 * 64 * 128 * 4, convolutions: 23 * 3 * (4096 + 2 * 8 * 128) * 4, total: 31.6, active: 3.6 },
  "nvidia--NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4": { layers: 88, kv: 8192, state: 40 * 128 * 64 * 128 * 4, convolutions: 40 * 3 * (8192 + 2 * 8 * 128) * 4, total: 120 },
  "nvidia--Llama-3_3-Nemotron-Super-49B-v1": { layers: 80, kv: 200_704, total: 49.9 },
  // its README: 198B, of which 1.8B see images, and about 11B active
  "stepfun-ai--Step-3.7-Flash": { layers: 45, kv: 49_152, windows: window(33, 512, 4096), total: 196, active: 11 },
  // Megatron Bridge's page of it: 428B, about 23B active; its eye is not counted here
  "MiniMaxAI--MiniMax-M3": { layers: 60, kv: 122_880, total: 428, active: 23 },
  // NeMo AutoModel's page of it: 2.8T, 104B active
  "moonshotai--Kimi-K3": { layers: 93, kv: 27_648, state: 69 * 96 * 128 * 128 * 4, convolutions: 69 * 3 * 3 * 96 * 128 * 4, total: 2800, active: 104 },
  "deepseek-ai--DeepSeek-V3.2": { layers: 61, kv: 70_272, index: 61 * 132, total: 671, active: 37 },
  // records of 1024 B in bf16: 30 layers with one for 4 tokens, 31 with one for 128; 1573.0B of 1.6T, which is rounded
  "nvidia--DeepSeek-V4-Pro-NVFP4": { layers: 61, kv: (30 / 4 + 31 / 128) * 1024, windows: window(61, 128, 1024), total: 1600, within: 0.02 },
  // the technical report of GLM-5: 744B, 40B active
  "zai-org--GLM-5": { layers: 78, kv: 89_856, index: 78 * 132, total: 744, active: 40 },
  "zai-org--GLM-5.2": { layers: 78, kv: 89_856, index: 21 * 132, total: 744 },
  // its model card: 116.8B, 5.1B active
  "openai--gpt-oss-120b": { layers: 36, kv: 36_864, windows: window(18, 128, 2048), total: 116.8, active: 5.1 },
};

const read = (name: string): Model =>
  modelFromConfig(
    { name, summary: "", sources: [] },
    JSON.parse(readFileSync(new URL(`data/configs/${name}.json`, import.meta.url), "utf8")),
    { title: `${name}, config.json`, url: "" },
  );

/** A length at which windows and chunks are full, and a whole number of pools and chunks. */
const tokens = 2 ** 20;

describe.each(Object.entries(published))("the config.json of %s", (name, known) => {
  const model = read(name);
  const costAt = (length: number) => modelCost(model, parseSpec(nativeOf(model)), length, "bf16");

  it("gives its layers, and the cache that they keep", () => {
    const { windows = 0, index = 0, state = 0, convolutions = 0 } = known;
    const [half, whole] = [costAt(tokens), costAt(2 * tokens)];
    expect(layersOf(model)).toBe(known.layers);
    expect((whole.keptBytes - half.keptBytes) / tokens).toBe(known.kv);
    expect(half.keptBytes - tokens * known.kv).toBe(windows);
    if (index > 0) expect((whole.indexKeptBytes - half.indexKeptBytes) / tokens).toBe(index);
    expect(half.stateBytes).toBe(state + convolutions);
    expect(half.convolutionBytes).toBe(convolutions);
  });

  it("gives its parameters", () => {
    const { total, active, head, embeddings } = parametersOf(model);
    if (known.total !== undefined) {
      const norms = weightCounts(model).norms;
      const error = Math.min(
        ...[total, total + norms].map((count) => Math.abs(count / 1e9 / known.total! - 1)),
      );
      expect(error, `${total} in all`).toBeLessThan(known.within ?? 0.01);
    }
    if (known.active !== undefined) {
      const error = Math.min(
        ...[active, active - head, active - head + embeddings].map((count) =>
          Math.abs(count / 1e9 / known.active! - 1),
        ),
      );
      expect(error, `${active} active, ${head} of the head`).toBeLessThan(0.03);
    }
  });

  it("has no key that is not understood", () => {
    expect(model.unread ?? []).toEqual(
      name === "moonshotai--Kimi-K3" ? ["text_config.attn_res_block_size"] : [],
    );
  });
});
