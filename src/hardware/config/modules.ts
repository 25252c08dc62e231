import { attentionWeights, feedForwardWeights } from "../parameters.ts";
import type { Attention } from "../layers/attention.ts";
import { feedForwardLayer } from "../layers/feed-forward.ts";
import type { FeedForward } from "../layers/feed-forward.ts";
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
  readonly attention: readonly Attention[];
  /** groups of layers; dense layers come first */
  readonly feedForward: readonly FeedForward[];
}

/** Every module with weights, but for norms. Source of the names: transformers, modeling_*.py of each family. */
export function modulesOf(dims: NamedDims): NamedModule[] {
  const { hidden, vocabulary, tied, attention, feedForward } = dims;
  const embedding = vocabulary * hidden;
  const groups = [...feedForward].sort((a, b) => feedForwardLayer(a).experts - feedForwardLayer(b).experts);
  const inOrder = groups.flatMap((group) => Array<FeedForward>(group.layers.value).fill(group));
  return [
    { part: "embeddings", weights: embedding, names: ["embed_tokens", "embed"] },
    ...(tied ? [] : [{ part: "embeddings" as const, weights: embedding, names: ["lm_head", "head"] }]),
    ...attention.flatMap((layer, l) => under(l, "attention", attentionModules(layer, hidden))),
    ...inOrder.flatMap((group, l) => feedForwardModules(group, hidden, l)),
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
  "grouped-query"({ queryHeads, kvHeads, headDim, gated }, hidden) {
    const [queries, keys] = [queryHeads.value * headDim.value, kvHeads.value * headDim.value];
    return [
      ["self_attn.q_proj", hidden * queries * (gated ? 2 : 1)],
      ["self_attn.k_proj", hidden * keys],
      ["self_attn.v_proj", hidden * keys],
      ["self_attn.o_proj", queries * hidden],
    ];
  },
  latent({ queryHeads, queryRank, latent, rope, keyDim, valueDim, gated }, hidden) {
    const heads = queryHeads.value;
    const queries = heads * (keyDim.value + rope.value);
    const values = heads * valueDim.value;
    return [
      ["self_attn.q_a_proj", hidden * (queryRank?.value ?? 0)],
      [["self_attn.q_b_proj", "self_attn.q_proj"], (queryRank?.value ?? hidden) * queries],
      ["self_attn.kv_a_proj_with_mqa", hidden * (latent.value + rope.value)],
      ["self_attn.kv_b_proj", latent.value * heads * (keyDim.value + valueDim.value)],
      ["self_attn.g_proj", gated ? hidden * values : 0],
      ["self_attn.o_proj", values * hidden],
    ];
  },
  compressed: () => [],
  delta: ({ valueHeads, valueDim }, hidden) => [
    [["linear_attn.out_proj", "self_attn.o_proj"], valueHeads.value * valueDim.value * hidden],
  ],
};

/** Name of the modules of a kind that are not listed by themselves: its index, gates, low-rank projections. */
const others: Readonly<Record<Attention["kind"], readonly string[]>> = {
  "grouped-query": ["self_attn.indexer.wk"],
  latent: ["self_attn.indexer.wk"],
  compressed: ["self_attn.wkv"],
  delta: ["linear_attn.in_proj_qkv", "linear_attn.in_proj_qkvz", "self_attn.q_proj"],
};

function attentionModules(layer: Attention, hidden: number): Sized[] {
  const named = (kinds[layer.kind] as (layer: Attention, hidden: number) => readonly Sized[])(layer, hidden);
  const rest = attentionWeights(layer, hidden) - named.reduce((sum, [, weights]) => sum + weights, 0);
  return [...named, [others[layer.kind], Math.max(0, rest)]];
}

function feedForwardModules(group: FeedForward, hidden: number, layer: number): NamedModule[] {
  const { always, routed, router } = feedForwardWeights(group, hidden);
  if (routed === 0) return under(layer, "dense", [[["mlp.down_proj", "mlp.w2"], always]]);
  const expert = ["mlp.experts.0.down_proj", "mlp.experts.0.w2"];
  const shared = ["mlp.shared_experts.down_proj", "mlp.shared_experts.w2"];
  return [
    ...under(layer, "router", [["mlp.gate", router]]),
    ...under(layer, "shared", [[shared, always - router]]),
    ...under(layer, "experts", [[expert, routed]]),
  ];
}
