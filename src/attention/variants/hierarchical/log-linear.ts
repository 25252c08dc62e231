import { real } from "../../../core/params.ts";
import { dot, flat, rowNumbers, rowsOf } from "../../../core/tensor.ts";
import { perHead } from "../../parts/per-head.ts";
import { stateCost, stateRefuses, stateNotConvex, unit } from "../../parts/recurrent.ts";
import { WeighedResult } from "../../parts/weighed-rows.ts";
import type { WeighedRows } from "../../parts/weighed-rows.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/** States of a prefix of `tokens` tokens: one for the query's own token and one for each level. */
const statesOf = (tokens: number): number => Math.ceil(Math.log2(Math.max(1, tokens))) + 1;

/**
 * Log-linear attention: a linear attention state for each part of a Fenwick partition of the prefix, small parts for
 * recent tokens and large ones for old, so that the states grow with the logarithm of the length.
 *
 * Guo et al. 2025, arXiv 2506.04761; code HanGuo97/log-linear-attention. The parts of a prefix of t tokens are those
 * of the binary digits of t, the lowest last; the own token is a part of its own.
 */
export const logLinear = defineVariant({
  name: "log-linear",
  family: "hierarchical",
  summary: "linear attention states for a Fenwick partition of the context (log-linear attention)",
  formula: [
    "prefix [0, t) = parts of 2^l tokens, one for each binary digit l of t; S_l = sum of k v^T over its tokens",
    "o_t = (q_t . k_t) v_t + sum_l 2^(-falloff l) S_l^T q_t; ceil(log2 N) + 1 states (d, d) for each kv head",
  ].join("\n"),
  sources: [
    { title: "Log-Linear Attention", url: "https://arxiv.org/abs/2506.04761", where: "section 3.1" },
    {
      title: "HanGuo97/log-linear-attention",
      url: "https://github.com/HanGuo97/log-linear-attention",
    },
  ],
  differs: [
    "A part of 2^l tokens has the weight 2^(-falloff l); the source learns a weight for each level from each token. At falloff .5 all parts add the same noise.",
  ],
  params: {
    falloff: real("how fast the weight of a part falls with its size, in powers of it", {
      default: 0.5,
      min: 0,
      max: 4,
      sweep: [0, 0.25, 0.5, 1],
    }),
  },
  prefill: "same",
  small: {},
  notConvex: stateNotConvex,
  refuses: stateRefuses,
  prepare: () => undefined,
  attend: ({ queries, cache }, { falloff }) =>
    perHead(
      queries,
      cache,
      (read) =>
        new WeighedResult(
          Array.from(read.visible, (_, i) => fenwick(read, i, falloff)),
          read.values,
        ),
    ),
  // a step adds one write or one merge to each state, amortised
  cost: (shape) => stateCost(shape, 2, statesOf(shape.tokens)),
  meanField({ headDim, fidelity, tokens }, { falloff }) {
    // from the query back: the last token of each part, and its factor
    const parts: { readonly end: number; readonly factor: number }[] = [{ end: 1, factor: 1 }];
    let square = 1;
    for (let [rest, level] = [tokens - 1, 0]; rest > 0; level++) {
      const size = 2 ** level;
      if (rest % (2 * size) === 0) continue;
      rest -= size;
      parts.push({ end: tokens - rest, factor: 2 ** (-falloff * level) });
      square += size * 4 ** (-falloff * level);
    }
    return [
      {
        kind: "fixed",
        weights: (found) =>
          found.map(({ distance }) => fidelity * (parts.find(({ end }) => distance < end)?.factor ?? 0)),
        noise: Math.sqrt(square / headDim),
        reach: tokens,
      },
    ];
  },
});

/** The weights of query row i on every token that it sees. */
function fenwick({ queries, keys, visible }: Read, i: number, falloff: number): WeighedRows {
  const end = visible[i]!;
  const query = unit(flat(rowsOf(queries, i, i + 1)));
  const weights = new Float64Array(end);
  const weigh = (from: number, to: number, factor: number): void => {
    for (let t = from; t < to; t++) weights[t] = factor * dot(query, unit(rowNumbers(keys.tensor, t)));
  };
  weigh(end - 1, end, 1);
  let stop = end - 1;
  for (let level = 0; stop > 0; level++) {
    const size = 2 ** level;
    if (stop % (2 * size) === 0) continue;
    weigh(stop - size, stop, 2 ** (-falloff * level));
    stop -= size;
  }
  return { rows: Int32Array.from({ length: end }, (_, t) => t), weights };
}
