import type { FeedForwardDims } from "../layers/feed-forward.ts";
import type { Count } from "../layers/layer.ts";
import { nemotronBlocks } from "./attention/mamba.ts";
import type { Keys } from "./keys.ts";
import { mixtureLayersOf } from "./mixture-layers.ts";

/** Traits of a family's feed-forward that none of its keys says. */
export interface FeedForwardTraits {
  /** two matrices and no gate */
  readonly ungated?: true;
  /** the experts stand beside the dense layer, which every token passes (Gemma 4) */
  readonly besideDense?: true;
  /** reader of the width of a dense layer beside the experts that is not intermediate_size */
  readonly residualWidth?: (keys: Keys) => Count | undefined;
  /** width of dense layers whose file gives none, in hidden sizes */
  readonly expansion?: number;
}

/** Keys of the number of experts, and of those that a token is sent to. */
const experts = [
  "n_routed_experts",
  "num_local_experts",
  "num_experts",
  "moe_num_experts",
  "num_routed_experts",
] as const;
const perToken = ["num_experts_per_tok", "num_experts_per_token", "experts_per_token"] as const;
const perTokenElsewhere = ["moe_topk", "moe_top_k", "moe_k", "top_k_experts"];
/** Keys of the width of dense layers, before the usual one. */
const denseWidths = ["block_ff_dim", "dense_intermediate_size", "intermediate_size_mlp"];

/** Feed-forward of every layer of a config.json. */
export function feedForwardOf(keys: Keys, layers: number, traits: FeedForwardTraits = {}): FeedForwardDims[] {
  const key = experts.find((each) => keys.isOn(each));
  const shares = { ...(traits.ungated && { ungated: true as const }), ...tokenWidth(keys) };
  const dense = (l: number): FeedForwardDims => ({
    kind: "dense",
    intermediate: widthAt(keys, l, layers, traits.expansion),
    ...shares,
  });
  const all = Array.from({ length: layers }, (_, l) => l);
  const each = differs(keys) ? <T>(make: (l: number) => T) => make : alike;
  const plain = each(dense);
  if (key === undefined || isSingle(keys, key)) return all.map(plain);
  if (keys.has("enable_moe_block") && !keys.isTrue("enable_moe_block")) return all.map(plain);
  const isMixture = mixtureLayersOf(keys, layers);
  const mixture = each((l) => ({ ...mixtureAt(keys, { l, layers, key, ...traits }), ...shares }));
  return all.map((l) => (isMixture[l] ? mixture(l) : plain(l)));
}

/** Keys of which a file may have a list, one for each layer. */
const listed = [
  ...experts,
  ...perToken,
  ...perTokenElsewhere,
  ...denseWidths,
  "intermediate_size",
  "moe_intermediate_size",
  "expert_ffn_hidden_size",
  "n_shared_experts",
  "num_shared_experts",
  "moe_num_shared_experts",
  "num_shared_expert",
];

/** True if layers of one kind may have feed-forwards of several sizes. */
const differs = (keys: Keys): boolean => keys.hasList(listed) || keys.isTrue("use_double_wide_mlp");

/** Makes what the first layer that asks has, once for all layers. */
function alike<T>(make: (l: number) => T): (l: number) => T {
  let made: { readonly of: T } | undefined;
  return (l) => (made ??= { of: make(l) }).of;
}

/** One expert is a dense layer (Jamba 3B, Hunyuan). Source: transformers, modeling_jamba.py, JambaDecoderLayer. */
const isSingle = (keys: Keys, key: string): boolean =>
  !keys.isList(key) && keys.count(key).value === 1 && !keys.has("moe_intermediate_size");

/** Gemma 3n: width of the embedding that each token has for each layer. */
const tokenWidth = (keys: Keys): { readonly tokenWidth?: Count } =>
  keys.isOn("hidden_size_per_layer_input") ? { tokenWidth: keys.count("hidden_size_per_layer_input") } : {};

/** Width of a dense layer. */
function widthAt(keys: Keys, l: number, layers: number, expansion?: number): Count {
  const key = denseWidths.find((each) => keys.has(each)) ?? "intermediate_size";
  if (expansion !== undefined && !keys.has(key)) {
    const times = keys.real("expansion_ratio", expansion);
    return keys.counted(times * keys.count("hidden_size").value, `${times} x hidden_size`);
  }
  const width = keys.countAt(l, layers, key);
  // Gemma 4: layers that read the K and V of others may be twice as wide
  const own = layers - keys.number("num_kv_shared_layers");
  if (keys.isTrue("use_double_wide_mlp") && l >= own)
    return keys.counted(2 * width.value, "2 x intermediate_size, use_double_wide_mlp");
  return keys.isTrue("block_auto_adjust_ff_dim") ? adjusted(keys, width) : width;
}

/** LFM2 takes two thirds of the width, times a factor, up to the next multiple. Source: transformers, modeling_lfm2.py. */
function adjusted(keys: Keys, { value }: Count): Count {
  const factor = keys.real("block_ffn_dim_multiplier", 1);
  const multiple = keys.count("block_multiple_of").value;
  const width = Math.floor(factor * Math.floor((2 * value) / 3));
  return keys.counted(multiple * Math.ceil(width / multiple), "intermediate_size, block_auto_adjust_ff_dim");
}

/** A layer whose experts are read, and its family's traits. */
interface MixtureQuestion extends FeedForwardTraits {
  readonly l: number;
  readonly layers: number;
  /** key of the number of experts */
  readonly key: string;
}

function mixtureAt(keys: Keys, question: MixtureQuestion): FeedForwardDims {
  const { l, layers, key, besideDense, residualWidth } = question;
  const pair = imagePair(keys, layers, key);
  const intermediate =
    pair?.text.intermediate ??
    keys.countAt(l, layers, "moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size");
  const beside = besideDense ? keys.count("intermediate_size") : residualWidth?.(keys);
  const shared = beside?.value ?? sharedWidth(keys, l, layers, intermediate.value);
  const latent = (["routed_expert_hidden_size", "moe_latent_size"] as const).find((each) => keys.isOn(each));
  const other = perTokenElsewhere.find((each) => keys.has(each));
  const chosen: readonly [string, ...string[]] = other === undefined ? perToken : [other];
  return {
    kind: "mixture",
    ...(pair
      ? { experts: pair.text.experts, perToken: keys.count(...chosen), imageExperts: pair.image }
      : { experts: keys.countAt(l, layers, key), perToken: keys.atMostAt(l, layers, key, ...chosen) }),
    intermediate,
    ...(shared > 0 && { shared: keys.counted(shared, "shared experts, all together") }),
    ...(latent && { latent: keys.count(latent) }),
  };
}

/**
 * Experts of text and others of images of ERNIE 4.5 VL: two widths, and two numbers or one for both. Source: transformers
 * 5.18.0, modeling_ernie4_5_vl_moe.py, Ernie4_5_VLMoeMoeBlock.
 *
 * @throws UsageError for another number of kinds, and for more experts a token than text has
 */
function imagePair(keys: Keys, layers: number, key: string) {
  const widths = keys.isList("moe_intermediate_size") ? keys.counts("moe_intermediate_size") : [];
  const isPair = keys.isList(key) || (widths.length > 0 && widths.length !== layers);
  if (key !== "moe_num_experts" || !isPair) return undefined;
  const numbers = keys.isList(key) ? keys.counts(key) : [keys.count(key).value, keys.count(key).value];
  if (widths.length !== 2 || numbers.length !== 2)
    throw keys.wrong(widths.length === 2 ? key : "moe_intermediate_size", "of two kinds: text and images");
  if (keys.count("moe_k").value > numbers[0]!) throw keys.wrong("moe_k", `at most ${numbers[0]!}`);
  const [text, image] = numbers.map((experts, i) => ({
    experts: keys.counted(experts, i === 0 ? "moe_num_experts, of text" : "moe_num_experts, of images"),
    intermediate: keys.counted(
      widths[i]!,
      i === 0 ? "moe_intermediate_size, of text" : "moe_intermediate_size, of images",
    ),
  }));
  return { text: text!, image: image! };
}

/** Width of all shared experts together. */
function sharedWidth(keys: Keys, l: number, layers: number, expert: number): number {
  // Hunyuan
  if (keys.has("use_mixed_mlp_moe") && !keys.isTrue("use_mixed_mlp_moe")) return 0;
  const own = [
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
    "shared_intermediate_size",
    "share_expert_dim",
  ].find((key) => keys.has(key));
  const counts = ["n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"];
  const counted = counts.find((key) => keys.isOn(key));
  const count = counted === undefined ? 0 : keys.countAt(l, layers, counted).value;
  if (own === undefined) return count * expert;
  // Qwen's one shared expert has this width whatever the count says
  return keys.number(own) * (own === "shared_expert_intermediate_size" ? 1 : Math.max(1, count));
}

/** No feed-forward in any layer (Mamba). */
export const noFeedForward = (_: Keys, layers: number): FeedForwardDims[] =>
  Array<FeedForwardDims>(layers).fill({ kind: "none" });

/** Feed-forward of xLSTM: a factor of the hidden size, in multiples. Source: transformers 5.18.0, modeling_xlstm.py. */
export function xlstmFeedForward(keys: Keys, layers: number): FeedForwardDims[] {
  const multiple = keys.count("ffn_round_up_to_multiple_of").value;
  const width = keys.real("ffn_proj_factor") * keys.count("hidden_size").value;
  const intermediate = keys.counted(
    multiple * Math.ceil(width / multiple),
    "hidden_size x ffn_proj_factor, in multiples",
  );
  return Array<FeedForwardDims>(layers).fill({ kind: "dense", intermediate });
}

/** Feed-forward of Nemotron-H: layers of experts and dense ones stand alone, and other layers have none. */
export function nemotronFeedForward(keys: Keys): FeedForwardDims[] {
  const blocks = nemotronBlocks(keys);
  return blocks.map((block, l): FeedForwardDims => {
    if (block === "mlp")
      return {
        kind: "dense",
        intermediate: keys.countAt(l, blocks.length, "intermediate_size"),
        ungated: true,
      };
    if (block !== "moe") return { kind: "none" };
    return {
      ...mixtureAt(keys, { l, layers: blocks.length, key: "n_routed_experts" }),
      ungated: true,
    } as FeedForwardDims;
  });
}

/**
 * Feed-forward of Nemotron-NAS: block_configs says of each layer how wide it is, as a multiple of the hidden size. Source:
 * nvidia/Llama-3_3-Nemotron-Super-49B-v1, modeling_decilm.py, _ffn_mult_to_intermediate_size.
 */
export function blockConfigFeedForward(keys: Keys, layers: number): FeedForwardDims[] {
  const hidden = keys.count("hidden_size").value;
  return keys.nestedList("block_configs", layers).map((block): FeedForwardDims => {
    const ffn = block.nested("ffn");
    if (ffn.isOn("replace_with_linear"))
      throw ffn.wrong(
        "replace_with_linear",
        "false: a linear layer in place of the feed-forward is not read",
      );
    if (ffn.isTrue("no_op")) return { kind: "none" };
    if (ffn.isOn("intermediate_size")) return { kind: "dense", intermediate: ffn.count("intermediate_size") };
    const width = Math.floor((2 * ffn.real("ffn_mult") * hidden) / 3);
    return {
      kind: "dense",
      intermediate: keys.counted(
        256 * Math.ceil(width / 256),
        "block_configs.ffn.ffn_mult x 2/3 hidden_size, in 256s",
      ),
    };
  });
}

/**
 * Feed-forward of LongCat-Flash: of each pair of layers the first has experts beside its dense part, the second a dense part
 * alone. Of the experts that a token is sent to, zero_expert_num over all are identities without weights, so that the others
 * are fewer on average. Source: transformers, modular_longcat_flash.py.
 */
export function longcatFeedForward(keys: Keys, layers: number): FeedForwardDims[] {
  const intermediate = keys.count("ffn_hidden_size");
  const experts = keys.count("n_routed_experts");
  const identities = keys.number("zero_expert_num");
  const mixture: FeedForwardDims = {
    kind: "mixture",
    experts,
    perToken: keys.counted(
      (keys.count("moe_topk").value * experts.value) / (experts.value + identities),
      "moe_topk x n_routed_experts / (n_routed_experts + zero_expert_num), a mean",
    ),
    intermediate: keys.count("expert_ffn_hidden_size"),
    shared: intermediate,
  };
  return Array.from({ length: layers }, (_, l) => (l % 2 === 0 ? mixture : { kind: "dense", intermediate }));
}
