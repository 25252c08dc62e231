import type { FeedForward, MixtureFeedForward } from "../layers/feed-forward.ts";
import type { Keys } from "./keys.ts";

/** Reads the feed-forward layers of a config.json: dense layers, then mixtures of experts. */
export function feedForwardOf(keys: Keys, layers: number): [FeedForward, ...FeedForward[]] {
  const experts = ["n_routed_experts", "num_local_experts", "num_experts"].find((key) => keys.isOn(key));
  if (experts === undefined)
    return [{ kind: "dense", layers: keys.counted(layers, "num_hidden_layers"), intermediate: width(keys) }];
  const dense = denseLayers(keys, layers);
  const mixture = mixtureOf(keys, experts, layers - dense);
  if (dense === 0) return [mixture];
  return [
    {
      kind: "dense",
      layers: keys.counted(dense, "layers without experts"),
      intermediate: keys.count("dense_intermediate_size", "intermediate_size"),
    },
    mixture,
  ];
}

const width = (keys: Keys) => keys.count("intermediate_size");

/** Number of layers without experts. Source: transformers, modeling_*.py of each family. */
function denseLayers(keys: Keys, layers: number): number {
  if (keys.has("mlp_layer_types"))
    return keys.list("mlp_layer_types", layers).filter((type) => type === "dense").length;
  if (keys.isOn("first_k_dense_replace"))
    return keys.atMost("num_hidden_layers", "first_k_dense_replace").value;
  const only = keys.has("mlp_only_layers") ? keys.numbers("mlp_only_layers") : [];
  const step = keys.has("decoder_sparse_step") ? keys.count("decoder_sparse_step").value : 1;
  return Array.from({ length: layers }, (_, l) => only.includes(l) || (l + 1) % step !== 0).filter(Boolean)
    .length;
}

function mixtureOf(keys: Keys, experts: string, layers: number): MixtureFeedForward {
  const intermediate = keys.count("moe_intermediate_size", "intermediate_size");
  const shared = sharedWidth(keys, intermediate.value);
  const perToken = ["num_experts_per_tok", "num_experts_per_token", "experts_per_token"] as const;
  return {
    kind: "mixture",
    layers: keys.counted(layers, "layers with experts"),
    experts: keys.count(experts),
    perToken: keys.atMost(experts, ...perToken),
    intermediate,
    ...(shared > 0 && { shared: keys.counted(shared, "shared experts, all together") }),
    ...(keys.isOn("routed_expert_hidden_size") && { latent: keys.count("routed_expert_hidden_size") }),
  };
}

function sharedWidth(keys: Keys, expert: number): number {
  if (keys.has("shared_expert_intermediate_size")) return keys.number("shared_expert_intermediate_size");
  const count = keys.number("n_shared_experts") || keys.number("num_shared_experts");
  if (keys.has("shared_intermediate_size"))
    return keys.number("shared_intermediate_size") * Math.max(1, count);
  return count * expert;
}
