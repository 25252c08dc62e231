import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { range } from "./plain.ts";

// The layers of each plan against the config.json of its model, by the rules of the public modelling code. The configs
// of test/hardware/configs are whole; of the others the keys that count stand here.

const configOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../hardware/configs/${name}.json`, import.meta.url), "utf8")) as Record<
    string,
    unknown
  >;

/** A layer in words: its mechanism, and what the config says of it. */
interface Expected {
  readonly plan: string;
  readonly source: string;
  readonly layers: readonly { readonly name: string; readonly params?: Readonly<Record<string, unknown>> }[];
}

/** MLA where `full_attn_layers`, which counts from 1, names the layer; KDA elsewhere. */
const kimi = (layers: number, full: readonly number[]): Expected["layers"] =>
  range(layers).map((l) => ({ name: full.includes(l + 1) ? "mla" : "kda" }));

const k3 = configOf("kimi-k3").text_config as {
  readonly num_hidden_layers: number;
  readonly linear_attn_config: { readonly full_attn_layers: readonly number[] };
};
const m3 = configOf("minimax-m3").sparse_attention_config as Record<string, number> & {
  readonly sparse_attention_freq: readonly number[];
};
const oss = configOf("gpt-oss-120b") as { sliding_window: number; layer_types: readonly string[] };

/** Ratio 0: a window; 4: CSA; 128: HCA. Entries beyond the layers belong to multi-token prediction. */
function v4(name: string): Expected["layers"] {
  const config = configOf(name) as Record<string, number> & { readonly compress_ratios: readonly number[] };
  return config.compress_ratios.slice(0, config.num_hidden_layers).map((pool) => {
    const window = config.sliding_window;
    if (pool === 0) return { name: "sink-window", params: { window } };
    return pool === 4
      ? { name: "csa", params: { pool, window, k: config.index_topk } }
      : { name: "hca", params: { pool, window } };
  });
}

const expected: readonly Expected[] = [
  {
    plan: "gemma-3",
    source:
      "huggingface/transformers 0d7e95d, convert_gemma3_weights.py: 62 layers, a window of 1024; 008f5c8, configuration_gemma3.py and modeling_gemma3.py: a layer is local if (layer + 1) % 6",
    layers: range(62).map((l) =>
      (l + 1) % 6 > 0 ? { name: "sink-window", params: { sinks: 0, window: 1024 } } : { name: "dense" },
    ),
  },
  {
    plan: "gpt-oss",
    source: "openai/gpt-oss-120b, config.json",
    layers: oss.layer_types.map((type) =>
      type === "sliding_attention"
        ? { name: "sink-window", params: { sinks: 0, window: oss.sliding_window } }
        : { name: "dense" },
    ),
  },
  {
    plan: "kimi-linear",
    source: "moonshotai/Kimi-Linear-48B-A3B-Instruct, config.json as public code restates it",
    layers: kimi(27, [4, 8, 12, 16, 20, 24, 27]),
  },
  {
    plan: "kimi-k3",
    source: "moonshotai/Kimi-K3, config.json",
    layers: kimi(k3.num_hidden_layers, k3.linear_attn_config.full_attn_layers),
  },
  {
    plan: "qwen3-next",
    source:
      "Qwen/Qwen3-Next-80B-A3B, config.json: 48 layers, full_attention_interval 4; transformers, configuration_qwen3_next.py: linear if (layer + 1) % interval",
    layers: range(48).map((l) => ({ name: (l + 1) % 4 > 0 ? "gated-deltanet" : "dense" })),
  },
  {
    plan: "qwen3.8-flash-next",
    source:
      "Qwen/Qwen3.8-Flash-Next, config.json as public code restates it (48 layers, full_attention_interval 4, indexer_budget 2048, indexer_compress_ratio 4, indexer_n_heads 4, indexer_head_dim 128); transformers 39329c5, modular_qwen4_exp.py: linear if (layer + 1) % interval",
    layers: range(48).map((l) =>
      (l + 1) % 4 > 0
        ? { name: "gated-deltanet" }
        : { name: "qsa", params: { k: 2048, block: 4, indexHeads: 4, indexDim: 128 } },
    ),
  },
  {
    plan: "glm-5.3-flash",
    source:
      "transformers 95d5838, modular_glm5_next.py, Glm5NextTextConfig: 45 layers, linear if layer % 4 != 3; index_topk 2048, index_kpool 4 and index_head_dim 128 as public code restates them",
    layers: range(45).map((l) =>
      l % 4 === 3 ? { name: "pooled-dsa", params: { k: 2048, pool: 4, indexDim: 128 } } : { name: "kda" },
    ),
  },
  {
    plan: "llama-4",
    source:
      "meta-llama/Llama-4-Maverick-17B-128E-Instruct, config.json: 48 layers, attention_chunk_size 8192; transformers, configuration_llama4.py: no_rope_layer_interval 4, chunked if rotary",
    layers: range(48).map((l) =>
      (l + 1) % 4 > 0 ? { name: "chunked", params: { chunk: 8192 } } : { name: "dense" },
    ),
  },
  {
    plan: "nemotron-3-nano",
    source:
      "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16, config.json, hybrid_override_pattern, whose places of attention among the layers that are no experts stand here",
    layers: range(29).map((l) => ({ name: [3, 7, 11, 15, 19, 24].includes(l) ? "dense" : "mamba-2" })),
  },
  {
    plan: "minimax-m3",
    source: "MiniMaxAI/MiniMax-M3, config.json, sparse_attention_config",
    layers: m3.sparse_attention_freq.map((sparse) =>
      sparse > 0
        ? {
            name: "msa",
            params: {
              block: m3.sparse_block_size,
              k: m3.sparse_topk_blocks,
              indexDim: m3.sparse_index_dim,
            },
          }
        : { name: "dense" },
    ),
  },
  {
    plan: "deepseek-v4-pro",
    source: "deepseek-ai/DeepSeek-V4-Pro, config.json, compress_ratios",
    layers: v4("deepseek-v4-pro"),
  },
  {
    plan: "deepseek-v4-flash",
    source: "deepseek-ai/DeepSeek-V4-Flash, config.json, compress_ratios",
    // its `differs`: without the two windows
    layers: v4("deepseek-v4-flash").filter(({ name }) => name !== "sink-window"),
  },
];

describe.each(expected.map((each) => [each.plan, each] as const))("%s", (plan, { layers }) => {
  it("has the layers of its model's config.json, in their order", () => {
    const own = variants.get(plan).layers!;
    expect(own.map(({ variant }) => variant.name)).toEqual(layers.map(({ name }) => name));
    own.forEach(({ params }, l) => {
      expect(params, `layer ${l}`).toMatchObject(layers[l]!.params ?? {});
    });
  });
});

it("every plan is held to a config", () => {
  const plans = [...variants].filter(({ layers }) => layers !== undefined).map(({ name }) => name);
  expect(expected.map(({ plan }) => plan).sort()).toEqual(plans.sort());
  expect(v4("deepseek-v4-flash").slice(0, 3)).toMatchObject([
    { name: "sink-window" },
    { name: "sink-window" },
    { name: "csa" },
  ]);
});

it("index-share has an indexer as often as it says that GLM-5.2 has", () => {
  const { indexer_types: types, ...config } = configOf("glm-5.2") as Record<string, unknown> & {
    readonly indexer_types: readonly string[];
  };
  const full = types.flatMap((type, l) => (type === "full" ? [l] : []));
  expect(full).toEqual([0, 1, ...range(19).map((i) => 2 + 4 * i)]);
  const { params, differs } = variants.get("index-share");
  expect(params.period!.default).toBe(full[4]! - full[3]!);
  expect(params.k!.default).toBe(config.index_topk);
  expect(params.indexDim!.default).toBe(config.index_head_dim);
  expect(differs!.join(" ")).toContain(`${full.length} of ${types.length} layers`);
});
