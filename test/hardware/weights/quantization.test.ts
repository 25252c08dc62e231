import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../../src/hardware/config/model.ts";
import { modulesOf } from "../../../src/hardware/config/modules.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { parametersOf, weightCounts } from "../../../src/hardware/parameters.ts";
import { usualWeights, weightsOf } from "../../../src/hardware/weights/choice.ts";
import type { ModelStorage } from "../../../src/hardware/weights/parts.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const deepseek = {
  model_type: "deepseek_v3",
  num_hidden_layers: 4,
  hidden_size: 1024,
  vocab_size: 32_000,
  num_attention_heads: 16,
  q_lora_rank: 256,
  kv_lora_rank: 128,
  qk_nope_head_dim: 64,
  qk_rope_head_dim: 32,
  v_head_dim: 64,
  intermediate_size: 4096,
  first_k_dense_replace: 1,
  moe_intermediate_size: 512,
  n_routed_experts: 16,
  num_experts_per_tok: 2,
  n_shared_experts: 1,
};

const checkpoint = (described: object, top: object = {}) =>
  modelFromConfig(
    { name: "toy", summary: "", sources: [] },
    { ...deepseek, ...top, quantization_config: described },
    { title: "toy, config.json", url: "" },
  ).checkpoints![0]!.stored() as { storage: ModelStorage };

/** Formats of attention, experts, shared experts, dense layers, routers and embeddings. */
const formats = (described: object, top: object = {}): string => {
  const { storage } = checkpoint(described, top);
  const parts = ["attention", "experts", "shared", "dense", "router", "embeddings"] as const;
  return parts.map((part) => storage[part].format).join(" ");
};

const group = (weights: object) => ({ group_0: { targets: ["Linear"], weights } });
const int4 = { num_bits: 4, type: "int", group_size: 32, strategy: "group" };
const nvfp4 = { num_bits: 4, type: "float", group_size: 16 };

describe("a quantization_config", () => {
  it.each<[string, object, object, string]>([
    [
      "fp8 in blocks",
      { quant_method: "fp8", weight_block_size: [128, 128] },
      {},
      "fp8 fp8 fp8 fp8 bf16 bf16",
    ],
    [
      "fp8 with one scale, that leaves modules out",
      { quant_method: "fp8", weight_block_size: null, modules_to_not_convert: ["lm_head", "self_attn"] },
      {},
      "bf16 fp8-tensor fp8-tensor fp8-tensor bf16 bf16",
    ],
    [
      "fp8 with FP4 experts",
      { quant_method: "fp8", weight_block_size: [128, 128] },
      { expert_dtype: "fp4" },
      "fp8 mxfp4 fp8 fp8 bf16 bf16",
    ],
    [
      "mxfp4, of experts alone",
      { quant_method: "mxfp4", modules_to_not_convert: ["model.layers.*.self_attn"] },
      {},
      "bf16 mxfp4 bf16 bf16 bf16 bf16",
    ],
    [
      "compressed-tensors with regular expressions",
      {
        quant_method: "compressed-tensors",
        config_groups: group(int4),
        ignore: [
          "lm_head",
          "re:.*self_attn.*",
          "re:.*shared_experts.*",
          "re:.*mlp\\.(gate|up|gate_up|down)_proj.*",
        ],
      },
      {},
      "bf16 int4 bf16 bf16 bf16 bf16",
    ],
    [
      "modelopt, with a whole layer and shared experts left out",
      {
        quant_method: "modelopt",
        quant_algo: "NVFP4",
        config_groups: group(nvfp4),
        ignore: ["lm_head", "language_model.model.layers.0*", "*.mlp.shared_experts*"],
      },
      {},
      "nvfp4 nvfp4 bf16 bf16 bf16 bf16",
    ],
    [
      "modelopt by layers",
      {
        quant_method: "modelopt",
        quant_algo: "MIXED_PRECISION",
        quantized_layers: {
          "model.layers.0.mlp.down_proj": { quant_algo: "FP8" },
          "model.layers.1.mlp.experts": { quant_algo: "NVFP4" },
          "model.layers.2.mlp.experts": { quant_algo: "NVFP4" },
          "model.layers.3.mlp.experts": { quant_algo: "NVFP4" },
        },
      },
      {},
      "bf16 nvfp4 bf16 fp8-tensor bf16 bf16",
    ],
    [
      "awq",
      { quant_method: "awq", bits: 4, group_size: 128 },
      {},
      "int4-128 int4-128 int4-128 int4-128 bf16 bf16",
    ],
    ["gptq", { quant_method: "gptq", bits: 4, group_size: 32 }, {}, "int4 int4 int4 int4 bf16 bf16"],
  ])("of %s is read by part", (_, described, top, expected) => {
    expect(formats(described, top)).toBe(expected);
  });

  it("counts the bytes of a part that is stored in two formats", () => {
    const { storage } = checkpoint({
      quant_method: "modelopt",
      quant_algo: "NVFP4",
      exclude_modules: ["*.self_attn.q_a_proj", "*.q_b_proj", "*.kv_a_proj_with_mqa", "*.kv_b_proj"],
    });
    const { attention } = weightCounts(
      modelFromConfig({ name: "toy", summary: "", sources: [] }, deepseek, { title: "toy", url: "" }),
    );
    const output = 4 * 16 * 64 * 1024;
    expect(storage.attention.bytes).toBeCloseTo((output * 0.5625 + (attention - output) * 2) / attention, 12);
  });

  it.each<[string, object, number]>([
    [
      "bitsandbytes NF4",
      { quant_method: "bitsandbytes", load_in_4bit: true, llm_int8_skip_modules: null },
      0.5 + 4 / 64,
    ],
    [
      "NF4 with scales in a byte",
      { quant_method: "bitsandbytes", load_in_4bit: true, bnb_4bit_use_double_quant: true },
      0.5 + (1 + 4 / 256) / 64,
    ],
    ["AutoRound in groups of 64", { quant_method: "auto-round", bits: 4, group_size: 64 }, 0.5 + 2.5 / 64],
    ["GPTQ with a scale a row", { quant_method: "gptq", bits: 4, group_size: -1 }, 0.5],
    ["MLX in groups of 64", { bits: 4, group_size: 64 }, 0.5625],
    ["FBGEMM", { quant_method: "fbgemm_fp8", modules_to_not_convert: ["lm_head"] }, 1],
    [
      "Quark",
      {
        quant_method: "quark",
        global_quant_config: { weight: { dtype: "fp4", group_size: 32 } },
        exclude: ["lm_head"],
      },
      0.5 + 1 / 32,
    ],
  ])("of %s has these bytes a weight of attention", (_, described, bytes) => {
    expect(checkpoint(described).storage.attention.bytes).toBeCloseTo(bytes, 12);
  });

  it("does not take layers of other towers or of multi-token prediction for the model's own", () => {
    const ignore = ["mtp.layers.0*", "model.visual.layers.0*", "vision_tower*"];
    expect(formats({ quant_method: "modelopt", quant_algo: "NVFP4", ignore })).toBe(
      "nvfp4 nvfp4 nvfp4 nvfp4 bf16 bf16",
    );
  });

  it.each<[object, RegExp]>([
    [{ quant_method: "hqq" }, /quant_method must be one of fp8, mxfp4, .*got "hqq"/],
    [{ quant_method: "bitsandbytes", load_in_8bit: true }, /must be of 4 bits \(load_in_4bit\)/],
    [{ bits: 8, group_size: 64 }, /weights of MLX must be of 4 bits .*"bits":8/],
    [{ quant_method: "quark", global_quant_config: {} }, /weights of quark must be fp8_e4m3, or fp4/],
    [{ quant_method: "modelopt", quant_algo: "INT3" }, /quant_algo must be one of NVFP4, .*got "INT3"/],
    [{ quant_method: "awq", bits: 3, group_size: 128 }, /integer weights must be of 4 bits; got .*3/],
    [{ quant_method: "compressed-tensors" }, /config_groups/],
  ])("that is not known keeps the model usable, but not as shipped: %j", (described, message) => {
    const model = modelFromConfig(
      { name: "toy", summary: "", sources: [] },
      { ...deepseek, quantization_config: described },
      { title: "toy, config.json", url: "" },
    );
    expect(usualWeights(gb200Nvl72, model)).toBe("nvfp4");
    expect(() => weightsOf(model, gb200Nvl72, "as-shipped")).toThrow(message);
  });
});

it("the modules of a model have all of its weights", () => {
  for (const model of models) {
    const { tokenTable: table } = model;
    const modules = modulesOf({
      hidden: model.hidden.value,
      vocabulary: model.vocabulary.value,
      tied: model.tied ?? false,
      ...(table && { table: { weights: table.vocabulary.value * table.width.value, names: ["table"] } }),
      attention: model.attention.flatMap((group) => Array<typeof group>(group.layers.value).fill(group)),
      feedForward: model.feedForward.flatMap((group) => Array<typeof group>(group.layers.value).fill(group)),
    });
    const sum = modules.reduce((total, { weights }) => total + weights, 0);
    expect(sum / parametersOf(model).total, model.name).toBeCloseTo(1, 12);
  }
});
