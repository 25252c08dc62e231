import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { dot, flat, rowNumbers, rowsOf } from "../../../core/tensor.ts";
import type { Tensor } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import type { KeyValueCache, Queries } from "../../cache.ts";
import { inChunks, scoresMemory } from "../../parts/chunks.ts";
import { directionsOf, keysAlong, queriesAlong } from "../../parts/directions.ts";
import { joined } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import { firstRows, selectTop, unitAndCurrentSpans, unitsBefore, visibleRows } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/** Columns of the turned keys of a kv head. */
interface Columns {
  /** directions, each (d) */
  readonly directions: readonly Float64Array[];
  /** (N, rank) */
  readonly table: Table;
}

/** The `rank` singular directions of queries in which they reach farthest. @param rows (rows, d) */
function farthest(rows: Tensor, rank: number): Float64Array[] {
  const queries = Array.from({ length: rows.shape[0]! }, (_, i) => rowNumbers(rows, i));
  const reach = (direction: Float64Array): number =>
    queries.reduce((sum, query) => sum + Math.abs(dot(direction, query)), 0);
  return directionsOf(queries, false)
    .map((direction) => ({ direction, sum: reach(direction) }))
    .sort((a, b) => b.sum - a.sum)
    .slice(0, rank)
    .map(({ direction }) => direction);
}

/** Queries along the columns of their heads, with all that their scores need. */
interface Speculation {
  readonly cache: KeyValueCache;
  readonly queries: Queries;
  readonly index: readonly Columns[];
  /** per kv head (Q G, rank) */
  readonly asked: readonly Tensor[];
  /** (Q G) tokens before each query row's own */
  readonly before: Int32Array;
}

/** Number of scores less than `gap` below the largest. */
function countNear(scores: Float32Array | Float64Array, gap: number): number {
  let largest = -Infinity;
  for (const score of scores) if (score > largest) largest = score;
  let count = 0;
  for (const score of scores) if (largest - score < gap) count++;
  return count;
}

/**
 * (Q) tokens that each query fetches for every head: the mean over its heads of the tokens whose logit is less than
 * `alpha` below the head's largest, rounded down, and `k` at most.
 */
function numbersOf(
  { cache, queries, index, asked, before }: Speculation,
  { k, alpha }: { readonly k: number; readonly alpha: number },
  ops: Ops,
): Float64Array {
  const { count, group, scale } = queries;
  const near = new Float64Array(count);
  const most = before.reduce((a, b) => Math.max(a, b), 0);
  cache.heads.forEach(({ space }, h) => {
    // the choice reads the same rows, which are counted there
    const table = { ...firstRows(index[h]!.table, most), rowBytes: 0 };
    inChunks(most === 0 ? 0 : count * group, most, (from, to) =>
      space.scoped(() => {
        const scores = ops.scores(rowsOf(asked[h]!, from, to), table);
        for (let row = from; row < to; row++) {
          const own = flat(rowsOf(scores, row - from, row - from + 1)).subarray(0, before[row]);
          near[Math.floor(row / group)]! += countNear(own, alpha / scale);
        }
      }),
    );
  });
  return near.map((all) => Math.min(k, Math.floor(all / (cache.heads.length * group))));
}

/**
 * InfiniGen: K and V lie in the host's memory. Queries and keys are turned to the singular directions of the queries,
 * where few columns decide a score; the columns in which queries reach farthest choose the tokens that are fetched. All
 * heads fetch the same number of tokens, each its own.
 *
 * Lee et al. 2024, arXiv 2406.19707; code snu-comparch/InfiniGen. Defaults: a fifth of the columns of a head of 128, an
 * alpha of 4 and 409 tokens at most, as in the source's scripts (speedup/scripts). An alpha of 99 fetches `k` tokens
 * nearly always, as in its figure 13. It is a decoding method: the prompt is read densely.
 */
export const infinigen = defineVariant({
  name: "infinigen",
  family: "memory",
  summary: "K and V in the host's memory, fetched by a few columns of turned queries and keys (InfiniGen)",
  formula: [
    "V = right singular vectors of the prompt's queries; C = the `rank` columns of largest sum of |Q V|",
    "s_t = (q V_C) . (k_t V_C) / sqrt d for the tokens before the query's own",
    "n = min(k, mean over heads of the number of tokens with s_t > max s - alpha)",
    "S = the top n tokens of each head, and the query's own; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title:
        "InfiniGen: Efficient Generative Inference of Large Language Models with Dynamic KV Cache Management",
      url: "https://arxiv.org/abs/2406.19707",
      where: "section 4",
    },
    {
      title: "snu-comparch/InfiniGen",
      url: "https://github.com/snu-comparch/InfiniGen",
      where:
        "speedup/infinigen/infinigen: skewing_controller.py, partial_weight_generation_controller.py, kv_selection_controller.py",
    },
  ],
  differs: [
    "A token is chosen by the query itself; the source makes a query of the input of the layer before, so that the fetch overlaps with that layer.",
    "The directions come from `observe` queries of the prompt itself; the source's come once for a model, from 2048 tokens of another text.",
    "Query heads of a group share the directions of their kv head; the source has one query head a kv head.",
    "Columns are chosen by the queries alone, as in the code for speed; the paper adds the keys' columns, and the code for accuracy takes the best columns of both.",
    "Every layer chooses, and no token is dropped from the host's memory; the source's first layer is dense, and a limit of its memory is optional.",
  ],
  params: {
    k: int("most tokens fetched per query", { default: 409, min: 1, sweep: [128, 256, 512, 1024, 2048] }),
    alpha: real("logits below a head's largest down to which its tokens count", {
      default: 4,
      min: 0,
      max: 1e6,
      sweep: [2, 4, 6, 99],
    }),
    rank: int("columns that are scored; all of a head if it has fewer", {
      default: 26,
      min: 1,
      sweep: [8, 16, 26, 38],
    }),
    observe: int("queries, evenly over the prompt, whose directions are taken", {
      default: 2048,
      min: 1,
      sweep: [256, 1024, 2048],
    }),
  },
  prefill: "dense",
  budgetParam: "k",
  small: { k: 40, alpha: 2, rank: 3, observe: 16 },
  refuses: { placement: "it places K and V in the host's memory" },
  adaptive: "the cost of k tokens: fewer are fetched where fewer come near the best",
  prepare(cache, { rank, observe }, ops) {
    const observed = cache.observed(observe, false, "even");
    return cache.heads.map((head, h): Columns => {
      const directions = farthest(observed.heads[h]!, rank);
      return { directions, table: keysAlong(head, directions, cache.bytesPerElement, ops) };
    });
  },
  attend({ queries, cache, index, ops }, params) {
    const { group } = queries;
    const before = unitsBefore(visibleRows(queries), 1);
    const asked = queries.heads.map((rows, h) => queriesAlong(rows, index[h]!.directions));
    const numbers = numbersOf({ cache, queries, index, asked, before }, params, ops);
    return perHead(queries, cache, (read, { space }, h) => {
      const chosen = Array.from(numbers, (k, i) => {
        const [from, to] = [i * group, (i + 1) * group];
        const own = { queries: rowsOf(asked[h]!, from, to), visible: before.subarray(from, to) };
        const { table } = index[h]!;
        return selectTop({ ...own, space, table, k, head: h, firstRow: from }, ops, (q, t) =>
          ops.scores(q, t),
        );
      });
      return softmaxRead({ ...read, spans: unitAndCurrentSpans(joined(chosen), 1, read.visible) }, ops);
    });
  },
  cost(shape, { k, rank }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const [before, columns] = [tokens - 1, Math.min(rank, headDim)];
    const fetched = Math.min(k, before);
    const columnBytes = kvHeads * columns * bytesPerElement;
    return {
      flops: 2 * before * queryHeads * columns + attentionFlops(shape, fetched + 1),
      exponentials: (fetched + 1) * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: tokens * columnBytes,
      kvReadBytes: keyValueBytes(shape, fetched + 1),
      indexReadBytes: before * columnBytes,
      farKeptBytes: keyValueBytes(shape, tokens),
      farReadBytes: keyValueBytes(shape, fetched),
    };
  },
  memory: (shape, { rank }) => ({
    ...scoresMemory(shape, shape.asked),
    kept: 4 * shape.tokens * shape.kvHeads * Math.min(rank, shape.headDim),
  }),
  denseAt: ({ tokens }) => ({ k: tokens, alpha: 1e6 }),
  noMeanField: "directions of queries and the number of tokens near the best have no closed form",
});
