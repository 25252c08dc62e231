import {
  falconLayers,
  glmLayers,
  mptLayers,
  multiQueryLayers,
  neoLayers,
  optLayers,
  scaledLayers,
} from "../attention/early.ts";
import { glmFeedForward, halvedFeedForward, scaledFeedForward } from "../early-feed-forward.ts";
import { tied } from "./family.ts";
import type { ConfigFamily } from "./family.ts";

const gptNames = {
  num_hidden_layers: "n_layer",
  hidden_size: "n_embd",
  num_attention_heads: "n_head",
  intermediate_size: "n_inner",
  max_position_embeddings: ["n_positions", "n_ctx"],
};

/** Dense models of 2019 to 2023 whose files have names of their own. */
// prettier-ignore
export const earlyFamilies: readonly ConfigFamily[] = [
  { types: ["gpt2", "openai-gpt"], ungated: true, expansion: 4, learnedPositions: { before: 0 }, defaults: tied, names: gptNames },
  { types: ["ctrl"], ungated: true, defaults: tied, names: { ...gptNames, intermediate_size: "dff" } },
  { types: ["biogpt"], ungated: true, learnedPositions: { before: 2 }, defaults: tied },
  { types: ["gpt_neox_japanese"], ungated: true, expansion: 4, defaults: tied, names: { expansion_ratio: "intermediate_multiple_size" } },
  { types: ["xglm", "kosmos-2", "kosmos_2_text_model", "kosmos-2.5", "kosmos_2_5_text_model"], ungated: true, defaults: tied,
    names: { hidden_size: ["d_model", "embed_dim"], num_hidden_layers: ["num_layers", "layers"], num_attention_heads: "attention_heads", intermediate_size: "ffn_dim" } },
  { types: ["gpt_bigcode"], attention: multiQueryLayers, ungated: true, expansion: 4, learnedPositions: { before: 0 },
    defaults: { multi_query: true, ...tied }, names: gptNames },
  { types: ["gptj", "codegen"], ungated: true, expansion: 4, names: gptNames },
  { types: ["phi-msft", "mixformer-sequential"], ungated: true, expansion: 4, names: { ...gptNames, num_key_value_heads: "n_head_kv" } },
  { types: ["gpt_neo"], attention: neoLayers, ungated: true, expansion: 4, learnedPositions: { before: 0 },
    defaults: { attention_types: [[["global", "local"], 12]], window_size: 256, ...tied },
    names: { num_hidden_layers: "num_layers", num_attention_heads: "num_heads" } },
  { types: ["opt"], attention: optLayers, ungated: true, learnedPositions: { before: 2 }, defaults: tied, names: { intermediate_size: "ffn_dim" } },
  { types: ["bloom"], ungated: true, expansion: 4, defaults: tied,
    names: { hidden_size: ["n_embed", "n_embd"], num_hidden_layers: "n_layer", num_attention_heads: "n_head", intermediate_size: "n_inner",
      max_position_embeddings: "seq_length" } },
  { types: ["falcon", "RefinedWeb", "RefinedWebModel"], attention: falconLayers, ungated: true, expansion: 4, defaults: { multi_query: true, ...tied },
    names: { intermediate_size: "ffn_hidden_size", num_hidden_layers: "n_layer", num_attention_heads: "n_head", num_kv_heads: "n_head_kv", expansion_ratio: "ff_factor" } },
  { types: ["mpt"], attention: mptLayers, ungated: true, expansion: 4, defaults: tied,
    names: { hidden_size: "d_model", num_hidden_layers: "n_layers", num_attention_heads: "n_heads", max_position_embeddings: "max_seq_len",
      attn_type: "attn_config.attn_type", kv_n_heads: "attn_config.kv_n_heads" } },
  { types: ["chatglm"], attention: glmLayers, feedForward: glmFeedForward,
    names: { num_hidden_layers: "num_layers", vocab_size: "padded_vocab_size", intermediate_size: ["ffn_hidden_size", "inner_hidden_size"],
      head_dim: "kv_channels", max_position_embeddings: ["seq_length", "max_sequence_length"] } },
  { types: ["qwen"], feedForward: halvedFeedForward, names: { head_dim: "kv_channels", max_position_embeddings: "seq_length" } },
  { types: ["openelm"], attention: scaledLayers, feedForward: scaledFeedForward,
    names: { hidden_size: "model_dim", num_hidden_layers: "num_transformer_layers", max_position_embeddings: "max_context_length",
      tie_word_embeddings: "share_input_output_layers" } },
];
