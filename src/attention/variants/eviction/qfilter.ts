import { int } from "../../../core/params.ts";
import { dot, norm, rowNumbers } from "../../../core/tensor.ts";
import type { Tensor } from "../../../core/tensor.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/** Steps of the power iteration that finds a direction. */
const steps = 64;

/**
 * Q-Filters: keeps the keys that reach farthest along the principal direction of the queries.
 *
 * Godey et al. 2025, arXiv 2503.02812; code NVIDIA/kvpress (qfilter_press.py). A filter is the first right singular
 * vector of a head's queries, in the sense that their mean has, and the mean of its group's. The prompt itself is read
 * densely. `queryAware` decides whether queries of the question count and its keys compete; otherwise they are kept.
 */
export const qfilter = defineVariant({
  name: "qfilter",
  family: "eviction",
  summary: "keeps the keys that reach farthest along the queries' main direction (Q-Filters)",
  formula: [
    "f = first right singular vector of the queries, with mean(q).f > 0, averaged over the group's query heads",
    "score_t = f.k_t",
    "kept = the tokens of largest score; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "Q-Filters: Leveraging QK Geometry for Efficient KV Cache Compression",
      url: "https://arxiv.org/abs/2503.02812",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/qfilter_press.py",
    },
  ],
  differs: [
    "Filters come from `observe` queries of the prompt itself; the source computes them once for a model, from queries of many texts.",
  ],
  params: {
    budget: budgetParam("tokens kept"),
    observe: int("queries, evenly over the prompt, whose main direction is the filter", {
      default: 256,
      min: 1,
      sweep: [64, 256, 1024],
    }),
    queryAware: queryAwareParam,
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180, observe: 16 },
  prepare(cache, { budget, observe, queryAware }, ops) {
    const { heads, group } = cache.observed(observe, queryAware, "even");
    return retained(
      cache,
      { budget, recent: 0, queryAware },
      (h, from) => {
        const filter = filterOf(heads[h]!, group);
        const keys = cache.heads[h]!.keys.tensor;
        return Float64Array.from({ length: from }, (_, t) => dot(filter, rowNumbers(keys, t)));
      },
      ops,
    );
  },
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  noMeanField: "the main direction of queries that are noise is an accident of those that were observed",
});

/** (d) the mean of the principal directions of a group's query heads. @param queries (Q G, d) */
function filterOf(queries: Tensor, group: number): Float64Array {
  const [rows, width] = queries.shape as [number, number];
  const filter = new Float64Array(width);
  for (let g = 0; g < group; g++) {
    const own = Array.from({ length: rows / group }, (_, i) => rowNumbers(queries, i * group + g));
    principal(own, width).forEach((x, c) => {
      filter[c]! += x / group;
    });
  }
  return filter;
}

/** First right singular vector of rows, of unit length, in the sense that their mean has; 0 if the rows are 0. */
function principal(rows: readonly (Float32Array | Float64Array)[], width: number): Float64Array {
  const sumOf = (weights: (row: Float32Array | Float64Array) => number): Float64Array => {
    const sum = new Float64Array(width);
    for (const row of rows) {
      const weight = weights(row);
      for (let c = 0; c < width; c++) sum[c]! += weight * row[c]!;
    }
    return sum;
  };
  const mean = sumOf(() => 1);
  let direction = mean;
  for (let step = 0; step < steps; step++) {
    const length = norm(direction);
    if (length === 0) return direction;
    const unit = direction.map((x) => x / length);
    direction = step === steps - 1 ? unit : sumOf((row) => dot(row, unit));
  }
  return dot(direction, mean) < 0 ? direction.map((x) => -x) : direction;
}
