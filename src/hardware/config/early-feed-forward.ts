import type { FeedForwardDims } from "../layers/feed-forward.ts";
import { feedForwardOf } from "./feed-forward.ts";
import type { Keys } from "./keys.ts";

/** Feed-forward of ChatGLM: the first one has two matrices, and its width stands under inner_hidden_size. */
export const glmFeedForward = (keys: Keys, layers: number): FeedForwardDims[] =>
  feedForwardOf(keys, layers, keys.has("inner_hidden_size") ? { ungated: true } : {});

/** Feed-forward of Qwen 1: gate and up have intermediate_size together. Source: Qwen/Qwen-7B, modeling_qwen.py, QWenMLP. */
export function halvedFeedForward(keys: Keys, layers: number): FeedForwardDims[] {
  const both = keys.count("intermediate_size").value;
  const intermediate = keys.counted(Math.floor(both / 2), "intermediate_size / 2");
  return Array<FeedForwardDims>(layers).fill({ kind: "dense", intermediate });
}

/**
 * Feed-forward of OpenELM: a multiple of the hidden size by layer, in whole ffn_dim_divisor. Source: ml-explore/mlx-lm,
 * mlx_lm/models/openelm.py at d78bf58, make_divisible.
 */
export function scaledFeedForward(keys: Keys, layers: number): FeedForwardDims[] {
  const hidden = keys.count("hidden_size").value;
  const divisor = keys.count("ffn_dim_divisor").value;
  const ungated = keys.has("ffn_with_glu") && !keys.isTrue("ffn_with_glu");
  return keys.list("ffn_multipliers", layers).map((multiple): FeedForwardDims => {
    if (typeof multiple !== "number" || !(multiple > 0))
      throw keys.wrong("ffn_multipliers", "a list of numbers > 0, one for each layer");
    const wished = multiple * hidden;
    const near = Math.max(divisor, Math.floor((wished + divisor / 2) / divisor) * divisor);
    const width = near < 0.9 * wished ? near + divisor : near;
    return {
      kind: "dense",
      intermediate: keys.counted(width, "ffn_multipliers x model_dim, in whole ffn_dim_divisor"),
      ...(ungated && { ungated: true as const }),
    };
  });
}
