import { attentionFlops, keyValueBytes } from "../core/cost.ts";
import { int, real } from "../core/params.ts";
import { hash64, Random } from "../core/random.ts";
import { flat, rowsOf, zeros } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../kernels/ops.ts";
import { perHead } from "./per-head.ts";
import { softmaxRead } from "./result.ts";
import { selectTop, unitSpans } from "./select.ts";
import { Sketch } from "./sketch.ts";
import { defineVariant } from "./variant.ts";
import type { KeyValueCache, Queries } from "./variant.ts";

/** Bytes of an index key: E4M3 numbers and a float32 scale for each 128 of them. */
const indexRowBytes = (indexDim: number): number => indexDim + 4 * Math.ceil(indexDim / 128);

/**
 * DSA, DeepSeek sparse attention: a lightning indexer scores every token with a few small heads in FP8, and all
 * heads read the k tokens that it ranks highest.
 *
 * DeepSeek-V3.2, arXiv 2512.02556; code deepseek-ai/DeepSeek-V3.2-Exp (inference/model.py, Indexer). Defaults: k 2048,
 * index dimension 128 (132 bytes a token), used by the context's own tokens as well as in decoding.
 * Simplified: the source trains its index projections and head weights. Here the index key is a fixed random
 * projection (sketch.ts) of the kv heads' concatenated keys, rounded to FP8; an index head's query is the projection
 * of the concatenated query (mean of each group) plus noise of the head's own; the weights are equal. The source has
 * 64 index heads for 128 query heads; the default of 4 is one for each kv head of the reader, and `indexNoise` .25
 * leaves their mean the noise of 64 heads whose queries have a cosine of .7 with the ideal one.
 */
export const dsa = defineVariant({
  name: "dsa",
  family: "dynamic",
  summary: "the k best tokens by a small FP8 index, shared by all heads (DeepSeek sparse attention)",
  formula: [
    "I_t = sum_j w_j ReLU(q_j . k_t) over index heads j, in FP8",
    "S = top-k of I, for all heads; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "DeepSeek-V3.2",
      url: "https://arxiv.org/abs/2512.02556",
      where: "section 2.1, equations 1 and 2",
    },
    {
      title: "deepseek-ai/DeepSeek-V3.2-Exp",
      url: "https://github.com/deepseek-ai/DeepSeek-V3.2-Exp",
      where: "inference/model.py, Indexer",
    },
  ],
  params: {
    k: int("tokens read per query", { default: 2048, min: 1, sweep: [256, 512, 1024, 2048, 4096] }),
    indexHeads: int("index heads", { default: 4, min: 1, max: 64, sweep: [1, 4, 16, 64] }),
    indexDim: int("dimension of an index key", {
      default: 128,
      min: 1,
      max: 1024,
      sweep: [32, 64, 128, 256],
    }),
    indexNoise: real("noise of an index head's query, in units of its norm", {
      default: 0.25,
      min: 0,
      max: 10,
      sweep: [0, 0.25, 0.5, 1, 2],
    }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, indexDim: 24 },
  prepare(cache, { indexDim }, ops) {
    const sketch = new Sketch(cache.heads.length, cache.headDim, indexDim, new Random(`${cache.seed}/dsa`));
    const index = cache.heads[0]!.space.empty(cache.tokens, indexDim);
    sketch.project(
      cache.heads.map(({ keys }) => keys.tensor),
      index,
      ops,
    );
    ops.round(index, "fp8");
    const table: Table = { tensor: index, kind: "index", rowBytes: indexRowBytes(indexDim) };
    return { sketch, table };
  },
  attend(queries, cache, { sketch, table }, { k, indexHeads, indexNoise }, ops) {
    const rows = selectTop(
      {
        space: cache.heads[0]!.space,
        queries: indexQueries(queries, cache, sketch, indexHeads, indexNoise, ops),
        table,
        k,
        visible: queries.positions.map((position) => position + 1),
      },
      ops,
      (q, t) => ops.reluScores(q, new Float32Array(indexHeads).fill(1 / indexHeads), t),
      indexHeads,
    );
    return perHead(queries, cache, (read) =>
      softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible, queries.group) }, ops),
    );
  },
  cost(shape, { k, indexHeads, indexDim }) {
    const { tokens, queryHeads } = shape;
    const read = Math.min(k, tokens);
    const indexBytes = tokens * indexRowBytes(indexDim);
    return {
      flops: 2 * tokens * indexHeads * indexDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: indexBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: indexBytes,
    };
  },
  denseAt: ({ tokens }) => ({ k: tokens }),
});

/** (Q J, indexDim): the projected query of each index head, with the head's noise, in FP8. */
function indexQueries(
  queries: Queries,
  cache: KeyValueCache,
  sketch: Sketch,
  indexHeads: number,
  indexNoise: number,
  ops: Ops,
): Tensor {
  const projected = zeros(queries.count, sketch.dim);
  sketch.project(
    queries.heads.map((rows) => meanOfGroup(rows, queries)),
    projected,
    ops,
  );
  const out = zeros(queries.count * indexHeads, sketch.dim);
  ops.fillNormal(out, hash64(`${cache.seed}/dsa/query-noise`));
  for (let row = 0; row < queries.count * indexHeads; row++) {
    const i = Math.floor(row / indexHeads);
    const clean = flat(rowsOf(projected, i, i + 1));
    const noisy = flat(rowsOf(out, row, row + 1));
    // a noise vector of unit normals has norm sqrt(dim)
    const scale = (indexNoise * Math.hypot(...clean)) / Math.sqrt(sketch.dim);
    for (let c = 0; c < clean.length; c++) noisy[c] = clean[c]! + scale * noisy[c]!;
  }
  ops.round(out, "fp8");
  return out;
}

/** (Q, d): the mean of each query's G query heads. */
function meanOfGroup(rows: Tensor, { count, group }: Queries): Tensor {
  const width = rows.shape[1]!;
  const mean = zeros(count, width);
  const [from, to] = [flat(rows), flat(mean)];
  for (let at = 0; at < from.length; at++)
    to[Math.floor(at / (group * width)) * width + (at % width)]! += from[at]! / group;
  return mean;
}
