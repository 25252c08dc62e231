import { int } from "../../../core/params.ts";
import { denseCost } from "../../parts/costs.ts";
import { best } from "../../parts/kept.ts";
import { eachLineToken, lineSums } from "../../parts/lines.ts";
import type { Lines } from "../../parts/lines.ts";
import { perHead } from "../../parts/per-head.ts";
import { prefillReads } from "../../parts/prefill-only.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Vertical-slash: every query of the prompt reads the columns (keys) and diagonals (distances) to which the prompt's
 * last queries attend most.
 *
 * MInference, Jiang et al. 2024, arXiv 2407.02490; code microsoft/MInference. Defaults: 1000 columns, 6096 diagonals,
 * the last 64 queries; the first 30 columns and the last 100 diagonals always. The source has presets for each head,
 * such as 30 and 800, 100 and 800, 3500 and 100, 500 and 700.
 */
export const verticalSlash = defineVariant({
  name: "vertical-slash",
  family: "dynamic",
  summary: "prefill over the best columns and diagonals by the last queries, dense decoding (MInference)",
  formula: [
    "A = softmax(q K^T) of the last `observe` queries; vertical_t = sum of A over queries, slash_o = sum of A at distance o",
    "prefill: S = top columns and top distances of the position; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "MInference 1.0: Accelerating Pre-filling for Long-Context LLMs via Dynamic Sparse Attention",
      url: "https://arxiv.org/abs/2407.02490",
      where: "section 3.2, algorithm 1",
    },
    {
      title: "microsoft/MInference",
      url: "https://github.com/microsoft/MInference",
      where: "minference/modules/minference_forward.py, vertical_and_slash_kernel",
    },
  ],
  differs: [
    "Single tokens are read; the source reads blocks of 64.",
    "One setting serves all heads; the source has presets for each, such as 30 and 800, 100 and 800, 3500 and 100, 500 and 700.",
    "Keys of the constructed reader carry no positions, so that one diagonal is better than another only by chance, and columns find the needles.",
  ],
  params: {
    vertical: int("columns read, the first ones included", {
      default: 1000,
      min: 0,
      sweep: [30, 100, 500, 1000, 3500],
    }),
    slash: int("diagonals read, the last ones included", {
      default: 6096,
      min: 1,
      sweep: [100, 700, 800, 6096],
    }),
    observe: int("last queries that decide", { default: 64, min: 1 }),
    firstColumns: int("first columns that are always read", { default: 30, min: 0 }),
    lastDiagonals: int("last diagonals that are always read, the query's own included", {
      default: 100,
      min: 1,
    }),
  },
  prefill: "only",
  small: { vertical: 12, slash: 20, observe: 16, firstColumns: 3, lastDiagonals: 5 },
  adaptive: "as if no column met a diagonal",
  prepare(cache, { vertical, slash, observe, firstColumns, lastDiagonals }, ops) {
    const last = cache.observed(observe, true);
    return cache.heads.map((_, h) =>
      lineSums({ queries: last, cache, h, ops }).map(({ columns, diagonals }): Lines => {
        columns.fill(Infinity, 0, firstColumns);
        diagonals.fill(Infinity, 0, lastDiagonals);
        return {
          columns: best(columns, Math.min(vertical, columns.length), ops),
          diagonals: best(diagonals, Math.min(slash, diagonals.length), ops),
        };
      }),
    );
  },
  attend: ({ queries, cache, index: lines, ops }) =>
    perHead(queries, cache, (read, _head, h) => {
      const spans = new Spans(read.visible.length, (i, add) => {
        eachLineToken(lines[h]![i % queries.group]!, read.visible[i]!, add);
      });
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost: denseCost,
  prefillCost: (shape, { vertical, slash }) => prefillReads(shape, vertical + slash),
  denseAt: ({ tokens }) => ({ slash: tokens, lastDiagonals: tokens }),
});
