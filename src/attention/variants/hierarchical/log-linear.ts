import { real } from "../../../core/params.ts";
import { flat, rowsOf, tensor } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import { steadySum } from "../../../engines/state.ts";
import type { StateRead } from "../../../engines/state.ts";
import { perHead } from "../../parts/per-head.ts";
import { stateCost, stateRefuses, stateNotConvex, unitRows, WalkedResult } from "../../parts/recurrent.ts";
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
  attend: ({ queries, cache, ops }, { falloff }) =>
    perHead(queries, cache, (read) => new WalkedResult(fenwick(read, falloff, ops), read.visible)),
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

/** Tokens with a state of their own, and the factor of its product with a query. */
interface FenwickPart {
  readonly first: number;
  readonly end: number;
  readonly factor: number;
}

/** Parts of the tokens [0, end), the last first. */
function* partsOf(end: number, falloff: number): Generator<FenwickPart> {
  yield { first: end - 1, end, factor: 1 };
  let stop = end - 1;
  for (let level = 0; stop > 0; level++) {
    const size = 2 ** level;
    if (stop % (2 * size) === 0) continue;
    yield { first: stop - size, end: stop, factor: 2 ** (-falloff * level) };
    stop -= size;
  }
}

/** Products of each query with the states of its parts, a query row of its own for each, and their sums. */
function fenwick({ queries, keys, values, visible }: Read, falloff: number, ops: Ops): StateRead {
  const units = unitRows(queries);
  const parts = Array.from(visible, (end) => [...partsOf(end, falloff)].reverse());
  const rows = parts.flatMap((own, i) => own.map((part) => ({ ...part, i })));
  const width = queries.shape[1]!;
  const asked = new Float64Array(rows.length * width);
  rows.forEach(({ i, factor }, at) => {
    const row = flat(rowsOf(units, i, i + 1));
    for (let c = 0; c < width; c++) asked[at * width + c] = factor * row[c]!;
  });
  const walk = {
    first: Int32Array.from(rows, ({ first }) => first),
    visible: Int32Array.from(rows, ({ end }) => end),
    feature: "unit",
    recurrence: steadySum(width),
  } as const;
  const read = ops.readState(tensor(asked, [rows.length, width]), keys, values, walk);
  const valueWidth = values.tensor.shape[1];
  const output = new Float64Array(visible.length * valueWidth);
  const sums = flat(read.output);
  rows.forEach(({ i }, at) => {
    for (let c = 0; c < valueWidth; c++) output[i * valueWidth + c]! += sums[at * valueWidth + c]!;
  });
  const weights = Array.from(visible, (end) => new Float64Array(end));
  rows.forEach(({ i, first }, at) => weights[i]!.set(read.weights[at]!, first));
  return { output: tensor(output, [visible.length, valueWidth]), weights };
}
