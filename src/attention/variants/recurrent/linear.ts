import { choice, real } from "../../../core/params.ts";
import { readsState } from "../../mean-field/state.ts";
import { recur, stateCost, SteadyStates, stateRefuses, stateNotConvex } from "../../parts/recurrent.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Linear attention: the context is the sum of k v^T, and a query reads its product with it. With `decay` "slopes" it
 * is lightning attention, where older tokens count for less, faster in the first heads.
 *
 * Katharopoulos et al. 2020, arXiv 2006.16236; Qin et al. 2024, arXiv 2401.04658 (lightning attention-2), as
 * MiniMax-01 has it (arXiv 2501.08313): slope 2^(-8 (h + 1) / H), less in later layers. Code
 * fla-org/flash-linear-attention.
 */
export const linear = defineVariant({
  name: "linear",
  family: "recurrent",
  summary: "a sum of k v^T, decaying or not (linear and lightning attention)",
  formula: [
    "S_t = a S_(t-1) + k_t v_t^T, o_t = S_t^T q_t; state (d, d) for each kv head; |k| = |q| = 1",
    "a = 1, or exp(-slope_h (1 - depth)), slope_h = 2^(-8 (h + 1) / H)",
  ].join("\n"),
  sources: [
    {
      title: "Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention",
      url: "https://arxiv.org/abs/2006.16236",
      where: "section 3",
    },
    {
      title: "MiniMax-01: Scaling Foundation Models with Lightning Attention",
      url: "https://arxiv.org/abs/2501.08313",
      where: "section 2.2",
    },
    {
      title: "fla-org/flash-linear-attention",
      url: "https://github.com/fla-org/flash-linear-attention",
      where: "fla/ops/linear_attn/naive.py, fla/ops/lightning_attn",
    },
  ],
  differs: [
    "The feature map is the identity on keys and queries of unit length; MiniMax-01 has SiLU and a norm behind.",
    "One layer is simulated, at `depth`.",
  ],
  params: {
    decay: choice("whether older tokens count for less", ["none", "slopes"], { default: "none" }),
    depth: real("where the layer lies, for slopes: 0 the first, 1 the last", {
      default: 0.5,
      min: 0,
      max: 1,
      sweep: [0, 0.5, 0.9, 1],
    }),
  },
  prefill: "same",
  small: { decay: "slopes" },
  notConvex: stateNotConvex,
  refuses: stateRefuses,
  prepare: () => new SteadyStates(),
  attend: (given, { decay, depth }) =>
    recur(given, (h) => {
      const slope = decay === "none" ? 0 : 2 ** ((-8 * (h + 1)) / given.cache.heads.length) * (1 - depth);
      return {
        decay: new Float64Array(given.cache.headDim).fill(Math.exp(-slope)),
        strength: 1,
        replaces: false,
      };
    }),
  cost: (shape, { decay }) => stateCost(shape, decay === "none" ? 2 : 3),
  kernels: { delta: (_params, { rule }) => (rule === "lightning" ? {} : undefined) },
  meanField: (crowd, { decay, depth }) =>
    decay === "none"
      ? [readsState(crowd, { strength: 1, replaces: false, rates: [0] })]
      : Array.from({ length: crowd.kvHeads }, (_, h) => {
          const slope = 2 ** ((-8 * (h + 1)) / crowd.kvHeads) * (1 - depth);
          return {
            ...readsState(crowd, { strength: 1, replaces: false, rates: [slope] }),
            heads: [h, h + 1] as const,
          };
        }),
});
