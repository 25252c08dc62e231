import { real } from "../../../core/params.ts";
import { readsState } from "../../mean-field/state.ts";
import { halfLifeAt, halfLifeParams } from "../../parts/half-lives.ts";
import { decayOf, recur, stateCost, stateRefuses, stateNotConvex } from "../../parts/recurrent.ts";
import { defineVariant } from "../../variant.ts";

/**
 * KDA, Kimi delta attention: the delta rule with a decay for each channel of the key.
 *
 * Kimi Team 2025, arXiv 2510.26692 (Kimi Linear); code fla-org/flash-linear-attention (kda, naive). Keys and queries
 * have unit length.
 */
export const kda = defineVariant({
  name: "kda",
  family: "recurrent",
  summary: "the delta rule with a decay for each channel (Kimi Delta Attention)",
  formula:
    "S_t = (I - b k_t k_t^T) diag(a) S_(t-1) + b k_t v_t^T, o_t = S_t^T q_t; state (d, d) for each kv head; |k| = |q| = 1",
  sources: [
    {
      title: "Kimi Linear: An Expressive, Efficient Attention Architecture",
      url: "https://arxiv.org/abs/2510.26692",
      where: "section 3, equation 1",
    },
    {
      title: "fla-org/flash-linear-attention",
      url: "https://github.com/fla-org/flash-linear-attention",
      where: "fla/ops/kda/naive.py",
    },
  ],
  differs: [
    "Half-lives are spread over the channels, evenly in their logarithm, and the write strength is a parameter; the source learns both as functions of each token.",
    "Products are not divided by the square root of d, which the norm behind them undoes in models.",
  ],
  params: {
    strength: real("strength of a write, b", { default: 1, min: 0.001, max: 1, sweep: [0.01, 0.1, 0.5, 1] }),
    ...halfLifeParams("channel"),
  },
  prefill: "same",
  small: { shortest: 10, longest: 100 },
  notConvex: stateNotConvex,
  refuses: stateRefuses,
  prepare: () => undefined,
  attend: (given, { strength, ...lives }) =>
    recur(given, () => ({
      decay: Float64Array.from({ length: given.cache.headDim }, (_, c) =>
        decayOf(halfLifeAt(given.cache.headDim === 1 ? 0 : c / (given.cache.headDim - 1), lives)),
      ),
      strength,
      replaces: true,
    })),
  cost: (shape) => stateCost(shape, 5),
  kernels: { delta: (_params, { rule }) => (rule === "kda" ? {} : undefined) },
  meanField(crowd, { strength, ...lives }) {
    const rates = Array.from({ length: 16 }, (_, i) => Math.LN2 / halfLifeAt((i + 0.5) / 16, lives));
    return [readsState(crowd, { strength, replaces: true, rates })];
  },
});
