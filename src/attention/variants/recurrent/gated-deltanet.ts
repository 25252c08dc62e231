import { real } from "../../../core/params.ts";
import { readsState } from "../../mean-field/state.ts";
import { decayOf, recur, stateCost, stateRefuses, stateNotConvex } from "../../parts/recurrent.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Gated DeltaNet: a state that decays, and in which a write replaces the value of its key.
 *
 * Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464; code fla-org/flash-linear-attention (gated_delta_rule, naive).
 * Keys and queries have unit length. About d orthogonal pairs are held exactly, then older ones are overwritten.
 */
export const gatedDeltanet = defineVariant({
  name: "gated-deltanet",
  family: "recurrent",
  summary: "a decaying state whose writes replace (Gated DeltaNet)",
  formula:
    "S_t = a (I - b k_t k_t^T) S_(t-1) + b k_t v_t^T, o_t = S_t^T q_t; state (d, d) for each kv head; |k| = |q| = 1",
  sources: [
    {
      title: "Gated Delta Networks: Improving Mamba2 with Delta Rule",
      url: "https://arxiv.org/abs/2412.06464",
      where: "section 3.1, equation 10",
    },
    {
      title: "fla-org/flash-linear-attention",
      url: "https://github.com/fla-org/flash-linear-attention",
      where: "fla/ops/gated_delta_rule/naive.py",
    },
  ],
  differs: [
    "Decay and write strength are parameters, the same for every token, so that noise is written as strongly as records; the source learns them as functions of each token.",
    "Products are not divided by the square root of d, which the norm behind them undoes in models.",
  ],
  params: {
    strength: real("strength of a write, b", { default: 1, min: 0.001, max: 1, sweep: [0.01, 0.1, 0.5, 1] }),
    halfLife: real("tokens after which the state has decayed to half", {
      default: 65536,
      min: 1,
      max: 1e12,
      sweep: [1024, 8192, 65536, 1048576],
    }),
  },
  prefill: "same",
  small: { halfLife: 50 },
  notConvex: stateNotConvex,
  refuses: stateRefuses,
  prepare: () => undefined,
  attend: (given, { strength, halfLife }) =>
    recur(given, () => ({
      decay: new Float64Array(given.cache.headDim).fill(decayOf(halfLife)),
      strength,
      replaces: true,
    })),
  cost: (shape) => stateCost(shape, 5),
  kernels: { delta: (_params, { rule }) => (rule === "gated-deltanet" ? {} : undefined) },
  meanField: (crowd, { strength, halfLife }) => [
    readsState(crowd, { strength, replaces: true, rates: [Math.LN2 / halfLife] }),
  ],
});
