import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";

/** Weights outside the layers that a published number has in it: the output head, none, or the token embedding too. */
type Counted = "head" | "none" | "both";

/** Active parameters of a token, billions, as the model's makers publish them. */
interface Published {
  readonly active: number;
  readonly counted: Counted;
  readonly source: string;
  /** most deviation, a share: 1% but where the number is rounded to two digits */
  readonly within?: number;
}

// prettier-ignore
const published: Readonly<Record<string, Published>> = {
  "gpt-oss-120b": { active: 5.13, counted: "head", source: "gpt-oss-120b & gpt-oss-20b Model Card, table 1: embedding parameters are not active, unembedding ones are", within: 0.001 },
  "gpt-oss-20b": { active: 3.61, counted: "head", source: "gpt-oss-120b & gpt-oss-20b Model Card, table 1", within: 0.001 },
  "Qwen--Qwen3-30B-A3B": { active: 3.3, counted: "both", source: "Qwen/Qwen3-30B-A3B, README: 3.3B activated", within: 0.02 },
  "qwen3-235b": { active: 22, counted: "both", source: "Qwen/Qwen3-235B-A22B, README: 22B activated" },
  "Qwen--Qwen3-Coder-480B-A35B-Instruct": { active: 35, counted: "both", source: "Qwen/Qwen3-Coder-480B-A35B-Instruct, README: 35B activated", within: 0.015 },
  "deepseek-v3": { active: 37, counted: "head", source: "DeepSeek-V3 Technical Report, arXiv:2412.19437: 37B activated for each token", within: 0.0105 },
  "kimi-k2": { active: 32, counted: "head", source: "moonshotai/Kimi-K2-Instruct, README: 32B activated" },
  "meta-llama--Llama-4-Maverick-17B-128E-Instruct": { active: 17, counted: "both", source: "meta-llama/llama-models, models/llama4/MODEL_CARD.md: 17B activated", within: 0.015 },
  "glm-4.5": { active: 32, counted: "none", source: "GLM-4.5, arXiv:2508.06471: 32B activated" },
  "mistralai--Mixtral-8x7B-v0.1": { active: 12.9, counted: "both", source: "Mixtral of Experts, arXiv:2401.04088: 12.9B for each token" },
  "mixtral-8x22b": { active: 39, counted: "both", source: "Mistral AI, Cheaper, Better, Faster, Stronger: 39B active" },
  "nvidia--NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": { active: 3.6, counted: "both", source: "NVIDIA Nemotron 3 Nano, technical report: 3.2B active, 3.6B with embeddings" },
  "stepfun-ai--Step-3.7-Flash": { active: 11, counted: "both", source: "stepfun-ai/Step-3.5-Flash, README: 11B active", within: 0.015 },
  "nvidia--DeepSeek-V4-Pro-NVFP4": { active: 49, counted: "head", source: "deepseek-ai/DeepSeek-V4-Pro, README: 49B activated" },
  "zai-org--GLM-5": { active: 40, counted: "none", source: "zai-org/GLM-5, README: 40B active" },
  "minimax-m2.5": { active: 10, counted: "none", source: "MiniMaxAI/MiniMax-M2, README: 10B active", within: 0.021 },
};

/** Dimensions of models that are neither in the catalogue nor among the files; from their config.json. */
const configs: Readonly<Record<string, object>> = {
  "glm-4.5": {
    model_type: "glm4_moe",
    num_hidden_layers: 92,
    hidden_size: 5120,
    intermediate_size: 12_288,
    vocab_size: 151_552,
    num_attention_heads: 96,
    num_key_value_heads: 8,
    head_dim: 128,
    n_routed_experts: 160,
    num_experts_per_tok: 8,
    n_shared_experts: 1,
    moe_intermediate_size: 1536,
    first_k_dense_replace: 3,
  },
  "mixtral-8x22b": {
    model_type: "mixtral",
    num_hidden_layers: 56,
    hidden_size: 6144,
    intermediate_size: 16_384,
    vocab_size: 32_768,
    num_attention_heads: 48,
    num_key_value_heads: 8,
    num_local_experts: 8,
    num_experts_per_tok: 2,
  },
};

const fileOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`data/configs/${name}.json`, import.meta.url), "utf8"));

const read = (name: string): Model =>
  models.has(name)
    ? models.get(name)
    : modelFromConfig({ name, summary: "", sources: [] }, configs[name] ?? fileOf(name), {
        title: name,
        url: "",
      });

describe("active parameters", () => {
  it.each(Object.entries(published))("of %s are those that its makers publish", (name, known) => {
    const { active, head, embeddings } = parametersOf(read(name));
    // `active` has the output head in it
    const others = { head, none: 0, both: embeddings }[known.counted];
    const error = Math.abs((active - head + others) / 1e9 / known.active - 1);
    expect(error, `${active} with its head; ${known.source}`).toBeLessThan(known.within ?? 0.01);
  });

  it("are of at least ten models", () => expect(Object.keys(published).length).toBeGreaterThanOrEqual(10));
});
