import type { Source } from "../../core/entry.ts";
import type { Release } from "../config/model.ts";

/** A source that was quoted elsewhere and not read itself. */
export const unread = (source: Source): Source => ({ ...source, unread: true });

/** A config.json of Hugging Face, read in the copy that AIConfigurator keeps and not at its source. */
export const configOf = (repository: string): Source => ({
  title: `${repository}, config.json (copy of AIConfigurator)`,
  url: `${copies}/${repository.replace("/", "--")}_config.json`,
});

const copies =
  "https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/model_configs";

/** FP8 in blocks of 128 x 128, as DeepSeek writes it. */
export const fp8Blocks = { quant_method: "fp8", fmt: "e4m3", weight_block_size: [128, 128] } as const;

/** MXFP4 experts, as gpt-oss has them. */
export const mxfp4Experts = {
  quant_method: "mxfp4",
  modules_to_not_convert: [
    "model.layers.*.self_attn",
    "model.layers.*.mlp.router",
    "model.embed_tokens",
    "lm_head",
  ],
} as const;

/**
 * A checkpoint in NVFP4 that NVIDIA published, by its hf_quant_config.json in the copy of AIConfigurator.
 *
 * @param left modules that stay in bf16, with `*` for each layer; layers of multi-token prediction are left out
 */
export const nvfp4Release = (repository: string, left: readonly string[]): Release => ({
  name: repository,
  source: {
    title: `${repository}, hf_quant_config.json (copy of AIConfigurator)`,
    url: `${copies}/${repository.replace("/", "--")}_hf_quant_config.json`,
  },
  config: { quantization: { quant_algo: "NVFP4", group_size: 16, exclude_modules: left } },
});
