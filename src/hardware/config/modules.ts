import { attentionWeights, feedForwardWeights } from "../parameters.ts";
import type { Attention } from "../layers/attention.ts";
import type { FeedForwardDims } from "../layers/feed-forward.ts";
import type { WeightPart } from "../weights/parts.ts";

/** A module of a model: its part, its size, and the names that checkpoints give it, without the prefix of the model. */
export interface NamedModule {
  readonly part: WeightPart;
  readonly weights: number;
  /** as in `layers.3.self_attn.q_proj` */
  readonly names: readonly string[];
}

/** Layers of a model in order, and its embeddings. */
export interface NamedDims {
  readonly hidden: number;
  readonly vocabulary: number;
  readonly tied: boolean;
  /** numbers in the table of the layers' own embeddings, or of n-grams, and its names */
  readonly table?: { readonly weights: number; readonly names: readonly string[] };
  readonly attention: readonly Attention[];
  /** of each layer */
  readonly feedForward: readonly FeedForwardDims[];
}

/** Every module with weights, but for norms. Source of the names: transformers, modeling_*.py of each family. */
export function modulesOf(dims: NamedDims): NamedModule[] {
  const { hidden, vocabulary, tied, table, attention, feedForward } = dims;
  const embedding = vocabulary * hidden;
  return [
    { part: "embeddings", weights: embedding, names: ["embed_tokens", "embed"] },
    ...(tied ? [] : [{ part: "embeddings" as const, weights: embedding, names: ["lm_head", "head"] }]),
    ...(table ? [{ part: "embeddings" as const, weights: table.weights, names: table.names }] : []),
    ...attention.flatMap((layer, l) => under(l, "attention", attentionModules(layer, hidden))),
    ...feedForward.flatMap((group, l) => feedForwardModules(group, hidden, l)),
  ];
}

/** Name and size of a module. */
type Sized = readonly [names: string | readonly string[], weights: number];

const under = (layer: number, part: WeightPart, modules: readonly Sized[]): NamedModule[] =>
  modules
    .filter(([, weights]) => weights > 0)
    .map(([names, weights]) => ({
      part,
      weights,
      names: [names].flat().map((name) => `layers.${layer}.${name}`),
    }));

/** Modules of each kind of attention. */
const kinds: {
  readonly [K in Attention["kind"]]: (
    layer: Extract<Attention, { kind: K }>,
    hidden: number,
  ) => readonly Sized[];
} = {
  "grouped-query"(layer, hidden) {
    const { queryHeads, kvHeads, headDim, valueDim = headDim, gated, keysAreValues, borrows } = layer;
    const { queryRank } = layer;
    const queries = queryHeads.value * headDim.value;
    const gate = gated ? queryHeads.value * valueDim.value : 0;
    const keys = borrows ? 0 : kvHeads.value * headDim.value;
    const values = borrows || keysAreValues ? 0 : kvHeads.value * valueDim.value;
    return [
      [attentionNames("q_proj"), (queryRank?.value ?? hidden) * queries + hidden * gate],
      [attentionNames("k_proj"), hidden * keys],
      [attentionNames("v_proj"), hidden * values],
      [attentionNames("o_proj"), queryHeads.value * valueDim.value * hidden],
    ];
  },
  latent(layer, hidden) {
    const { queryHeads, queryRank, latent, keyDim, valueDim, gated } = layer;
    const rope = layer.rope?.value ?? 0;
    const heads = queryHeads.value;
    const queries = heads * (keyDim.value + rope);
    const values = heads * valueDim.value;
    return [
      ["self_attn.q_a_proj", hidden * (queryRank?.value ?? 0)],
      [["self_attn.q_b_proj", "self_attn.q_proj"], (queryRank?.value ?? hidden) * queries],
      ["self_attn.kv_a_proj_with_mqa", hidden * (latent.value + rope)],
      ["self_attn.kv_b_proj", latent.value * heads * (keyDim.value + valueDim.value)],
      ["self_attn.g_proj", gated ? hidden * values : 0],
      ["self_attn.o_proj", values * hidden],
    ];
  },
  compressed: () => [],
  delta: ({ valueHeads, valueDim }, hidden) => [
    [["linear_attn.out_proj", "self_attn.o_proj"], valueHeads.value * valueDim.value * hidden],
  ],
  mamba: ({ heads, headDim }, hidden) => [
    [["mixer.out_proj", "mamba.out_proj"], heads.value * headDim.value * hidden],
  ],
  convolution: ({ channels }, hidden) => [["conv.out_proj", channels.value * hidden]],
  parallel: ({ attention }, hidden) => kinds["grouped-query"](attention, hidden),
  cross: ({ attention }, hidden) =>
    kinds["grouped-query"](attention, hidden).map(([names, weights]) => [
      [names].flat().map((name) => name.replace("self_attn", "cross_attn")),
      weights,
    ]),
  // its modules are named by the first layer that has them alone
  "shared-block": () => [],
  none: () => [],
};

/** Names of a projection of attention: Nemotron-H calls every layer's module its mixer. */
function attentionNames(projection: string): readonly string[] {
  return [`self_attn.${projection}`, `mixer.${projection}`];
}

/** Name of the modules of a kind that are not listed by themselves: its index, gates, low-rank projections. */
const others: Readonly<Record<Attention["kind"], readonly string[]>> = {
  "grouped-query": ["self_attn.indexer.wk", "mixer.q_proj"],
  latent: ["self_attn.indexer.wk"],
  compressed: ["self_attn.wkv"],
  delta: ["linear_attn.in_proj_qkv", "linear_attn.in_proj_qkvz", "self_attn.q_proj"],
  mamba: ["mixer.in_proj", "mamba.in_proj"],
  convolution: ["conv.in_proj"],
  parallel: ["mamba.in_proj"],
  "shared-block": ["mamba_decoder.mamba.in_proj"],
  cross: ["cross_attn.q_proj"],
  none: [],
};

function attentionModules(layer: Attention, hidden: number): Sized[] {
  const named = (kinds[layer.kind] as (layer: Attention, hidden: number) => readonly Sized[])(layer, hidden);
  const rest = attentionWeights(layer, hidden) - named.reduce((sum, [, weights]) => sum + weights, 0);
  return [...named, [others[layer.kind], Math.max(0, rest)]];
}

function feedForwardModules(group: FeedForwardDims, hidden: number, layer: number): NamedModule[] {
  const { always, routed, router } = feedForwardWeights(group, hidden);
  if (routed === 0) return under(layer, "dense", [[["mlp.down_proj", "mlp.w2", "mixer.down_proj"], always]]);
  const expert = ["mlp.experts.0.down_proj", "mlp.experts.0.w2", "mixer.experts.0.down_proj"];
  const shared = ["mlp.shared_experts.down_proj", "mlp.shared_experts.w2", "mixer.shared_experts.down_proj"];
  return [
    ...under(layer, "router", [[["mlp.gate", "mixer.gate"], router]]),
    ...under(layer, "shared", [[shared, always - router]]),
    ...under(layer, "experts", [[expert, routed]]),
  ];
}
