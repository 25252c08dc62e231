import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import type { KvDtype } from "../../src/core/dtype.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { planOf } from "../../src/hardware/config/plan.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { quantitiesOf } from "../../src/hardware/quantities.ts";

const folder = new URL("configs/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));
const configOf = (name: string): object =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as object;
const read = (config: unknown): Model =>
  modelFromConfig({ name: "mine", summary: "", sources: [] }, config, { title: "config.json", url: "" });

/** The parts of a model, wherever it was read. */
const numbers = (model: Model): unknown =>
  quantitiesOf(model).flatMap(([path, { value }]) => (path.startsWith("published") ? [] : [[path, value]]));

describe("config.json", () => {
  it.each(names.filter((name) => models.has(name)))(
    "of %s, whole, gives the model that is built in",
    (name) => {
      const [own, whole] = [models.get(name), read(configOf(name))];
      expect(numbers(whole)).toEqual(numbers(own));
      expect(parametersOf(whole)).toEqual(parametersOf(own));
      expect(whole.attention.map(({ kind }) => kind)).toEqual(own.attention.map(({ kind }) => kind));
      expect(() => parseSpec(nativeOf(whole))).not.toThrow();
    },
  );

  it("gives Mixtral 8x7B its 46.7B parameters, 12.9B of them active", () => {
    const { total, active } = parametersOf(read(configOf("mixtral-8x7b")));
    expect(total / 1e9).toBeCloseTo(46.7, 1);
    expect(active / 1e9).toBeCloseTo(12.9 - 0.13, 1); // an embedding is looked up
  });

  it.each([
    ["kimi-k3", "layers(23*(3*kda|dense)|dense)"],
    ["qwen3.5-397b", "layers(15*(3*gated-deltanet|dense))"],
    ["minimax-m3", "layers(3*dense|57*msa)"],
    ["gpt-oss-120b", "layers(18*(sink-window(sinks=0,window=128)|dense))"],
    ["deepseek-v4-pro", "layers(hca|30*(hca|csa(indexHeads=64)))"],
    ["glm-5.2", "layers(2*dsa(indexHeads=32)|76*index-share(indexHeads=32))"],
    ["deepseek-v3.2", "dsa(indexHeads=64)"],
  ])("of %s is the plan %s", (name, plan) => {
    expect(parseSpec(nativeOf(read(configOf(name)))).text).toBe(plan);
  });

  it("says which key every number is from", () => {
    const model = read(configOf("kimi-k3"));
    expect(model.hidden.source).toMatchObject({ title: "config.json", where: "text_config.hidden_size" });
    expect(layersOf(model)).toBe(93);
  });
});

const llama = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  vocab_size: 1000,
  num_attention_heads: 8,
  intermediate_size: 1024,
};

describe("families", () => {
  const window = (config: object): (number | undefined)[] =>
    read({ ...llama, ...config }).attention.flatMap((group) =>
      group.kind === "grouped-query"
        ? Array.from({ length: group.layers.value }, () => group.window?.value)
        : [],
    );

  it("without kv heads or a head's width have one kv head for each query head", () => {
    expect(read(llama).attention).toMatchObject([
      { kind: "grouped-query", kvHeads: { value: 8 }, headDim: { value: 64 }, layers: { value: 4 } },
    ]);
  });

  it.each([
    ["Mistral: all layers", { model_type: "mistral", sliding_window: 100 }, [100, 100, 100, 100]],
    [
      "Mistral: none",
      { model_type: "mistral", sliding_window: null },
      [undefined, undefined, undefined, undefined],
    ],
    ["Gemma 2: every other", { model_type: "gemma2", sliding_window: 100 }, [100, 100, undefined, undefined]],
    [
      "Qwen 2, switched off",
      { model_type: "qwen2", sliding_window: 100, use_sliding_window: false },
      [undefined, undefined, undefined, undefined],
    ],
    [
      "Qwen 2, after the first layers",
      { model_type: "qwen2", sliding_window: 100, use_sliding_window: true, max_window_layers: 3 },
      [undefined, undefined, undefined, 100],
    ],
  ])("have their windows: %s", (_, config, expected) => {
    expect(window(config)).toEqual(expected);
  });

  it("with experts in some layers count the others as dense", () => {
    const { feedForward } = read({
      ...llama,
      model_type: "qwen3_moe",
      num_experts: 8,
      num_experts_per_tok: 2,
      moe_intermediate_size: 256,
      decoder_sparse_step: 2,
      mlp_only_layers: [3],
    });
    expect(feedForward).toMatchObject([
      { kind: "dense", layers: { value: 3 }, intermediate: { value: 1024 } },
      { kind: "mixture", layers: { value: 1 }, experts: { value: 8 }, intermediate: { value: 256 } },
    ]);
  });
});

describe("a config.json that cannot be read", () => {
  const without = (key: string): object =>
    Object.fromEntries(Object.entries(llama).filter(([name]) => name !== key));

  it.each(Object.keys(llama))("names the key that it lacks: %s", (key) => {
    expect(() => read(without(key))).toThrow(`config.json lacks "${key}"`);
  });

  it.each([
    [{ ...llama, hidden_size: "512" }, '"hidden_size" must be an integer > 0; got "512"'],
    [{ ...llama, model_type: "mambo" }, 'unknown model_type of config.json "mambo"; known: llama, mllama'],
    [{ ...llama, layer_types: ["full_attention"] }, '"layer_types" must be a list of at least 4 values'],
    [
      { text_config: { ...llama, hidden_size: 0 } },
      '"text_config.hidden_size" must be an integer > 0; got 0',
    ],
    [[], "config.json: a model must be an object of keys"],
    [{ ...llama, num_hidden_layers: 1e9 }, '"num_hidden_layers" must be at most 1000; got 1000000000'],
    [
      { ...llama, num_experts: 8, moe_intermediate_size: 64, num_experts_per_tok: 9 },
      '"num_experts_per_tok" must be at most "num_experts"; got 9 and 8',
    ],
    [
      { ...llama, num_experts: 8, num_experts_per_tok: 2, first_k_dense_replace: 5 },
      '"first_k_dense_replace" must be at most "num_hidden_layers"; got 5 and 4',
    ],
  ])("%#: says what is wrong", (config, message) => {
    expect(() => read(config)).toThrow(message);
  });

  it("names every key that would do", () => {
    expect(() => read({ ...llama, num_experts: 8, moe_intermediate_size: 64 })).toThrow(
      'lacks "num_experts_per_tok" (or "num_experts_per_token", "experts_per_token")',
    );
  });
});

describe("planOf", () => {
  it.each([
    ["aabaab", "layers(2*(2*a|b))"],
    ["caabaabd", "layers(c|2*(2*a|b)|d)"],
    ["aaaa", "layers(4*a)"],
    ["abc", "layers(a|b|c)"],
  ])("spells %s as %s", (letters, plan) => {
    expect(planOf(Array.from(letters))).toBe(plan);
  });
});

const plain = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 2,
  vocab_size: 1000,
  num_attention_heads: 32,
  num_key_value_heads: 8,
};

describe("head dimensions", () => {
  const headDimOf = (config: object): number => {
    const [attention] = read(config).attention;
    if (attention.kind !== "grouped-query") throw new Error(attention.kind);
    return attention.headDim.value;
  };

  it("are hidden_size over heads, and a whole number", () => {
    expect(headDimOf(plain)).toBe(128);
    expect(() => read({ ...plain, num_attention_heads: 30 })).toThrow(
      '"hidden_size" must be a multiple of "num_attention_heads" where "head_dim" is not given; got 4096 and 30',
    );
    expect(headDimOf({ ...plain, num_attention_heads: 24, head_dim: 96 })).toBe(96);
    expect(() => read({ ...plain, num_attention_heads: 30, head_dim: 128 })).toThrow(
      '"num_attention_heads" must be a multiple of "num_key_value_heads"; got 30 and 8',
    );
  });

  // transformers: Gemma3TextConfig, Qwen3Config, Qwen3NextConfig, GptOssConfig; Qwen3MoeConfig has no default
  it.each([
    ["gemma3_text", 256],
    ["gemma2", 256],
    ["qwen3", 128],
    ["gpt_oss", 64],
    ["qwen3_moe", 5120 / 32],
  ])("of %s are %i where the file leaves them out", (model_type, headDim) => {
    expect(headDimOf({ ...plain, hidden_size: 5120, model_type })).toBe(headDim);
  });
});

describe("values that mean off", () => {
  const same = (off: object, model_type = "llama"): void => {
    expect(numbers(read({ ...plain, ...off, model_type }))).toEqual(numbers(read({ ...plain, model_type })));
  };

  it.each([0, -1, null, false])("%s is no window, no experts, no latent, no index", (value) => {
    same({ sliding_window: value }, "mistral");
    same({ sliding_window: value, use_sliding_window: true, max_window_layers: 1 }, "qwen2");
    same({ num_experts: value }, "qwen2");
    same({ n_routed_experts: value, num_local_experts: value });
    same({ kv_lora_rank: value, linear_num_value_heads: value, head_dim: value });
    const latent = { kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128 };
    const deepseek = { ...plain, ...latent, model_type: "deepseek_v3" };
    expect(numbers(read({ ...deepseek, q_lora_rank: value, index_topk: value }))).toEqual(
      numbers(read(deepseek)),
    );
  });

  it("a window of the layer types is off too", () => {
    const layer_types = ["sliding_attention", "full_attention"];
    expect(read({ ...plain, layer_types, sliding_window: 128 }).attention).toHaveLength(2);
    expect(read({ ...plain, layer_types, sliding_window: 0 }).attention).toHaveLength(1);
  });
});

// 36 layers of 32 states of 128 keys by 256 values in float32
it("a state of the delta rule is as wide as its keys and its values", () => {
  const qwen = {
    model_type: "qwen3_next",
    hidden_size: 2048,
    num_hidden_layers: 48,
    vocab_size: 151936,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    intermediate_size: 512,
    full_attention_interval: 4,
    linear_num_key_heads: 16,
    linear_key_head_dim: 128,
    linear_num_value_heads: 32,
    linear_value_head_dim: 256,
    linear_conv_kernel_dim: 4,
  };
  const model = read(qwen);
  const stateOf = (dtype: KvDtype): number => {
    const { stateBytes, convolutionBytes } = modelCost(model, parseSpec(nativeOf(model)), 131_072, dtype);
    // the last 3 inputs of the queries, keys and values of each layer
    expect(convolutionBytes).toBe(36 * 3 * (2 * 16 * 128 + 32 * 256) * 4);
    return stateBytes - convolutionBytes;
  };
  for (const dtype of ["bf16", "fp8"] as const) expect(stateOf(dtype)).toBe(36 * 32 * 128 * 256 * 4);
  expect(36 * 32 * 128 * 256 * 4).toBe(150_994_944);
  expect(() => read({ ...qwen, linear_num_key_heads: 12 })).toThrow(
    '"linear_num_value_heads" must be a multiple of "linear_num_key_heads"; got 32 and 12',
  );
});
