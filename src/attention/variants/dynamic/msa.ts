import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { Random } from "../../../core/random.ts";
import { flat, rowsOf, zeros } from "../../../core/tensor.ts";
import type { RowLists, Tensor } from "../../../core/tensor.ts";
import type { Table } from "../../../engines/ops.ts";
import { bestAndOwnBlock } from "../../mean-field/blocks.ts";
import { bestTokenScores } from "../../mean-field/maxima.ts";
import { indexScores } from "../../mean-field/tokens.ts";
import { inChunks } from "../../parts/chunks.ts";
import { tellScores } from "../../parts/choices.ts";
import { bf16Index } from "../../parts/index-formats.ts";
import { queryByQuery, stored } from "../../parts/captured-index.ts";
import {
  indexDimParam,
  indexNoiseParam,
  indexQueries,
  standInIndex,
  tokenIndexMemory,
} from "../../parts/lightning.ts";
import { emptyLists, joined } from "../../parts/lists.ts";
import { perHead } from "../../parts/per-head.ts";
import {
  blockMaxima,
  firstRows,
  tokensOfUnits,
  tokensSeen,
  unitAndCurrentSpans,
  unitsBefore,
} from "../../parts/select.ts";
import { Sketch } from "../../parts/sketch.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * MSA, the sparse attention of MiniMax-M3: an index head for each GQA group scores every token by a plain product; a
 * block has the score of its best token, and the group reads its best blocks.
 *
 * MiniMax-M3 (model card and configuration). Defaults: blocks of 128, 16 blocks with the query's own among them, index
 * dimension 128, in bf16 whatever the type of the cache: vLLM's default, and always so in SGLang (AIConfigurator's
 * collectors of both, commit 095f58a, collect_msa_module.py).
 */
export const msa = defineVariant({
  name: "msa",
  family: "dynamic",
  summary: "the best blocks by their best token in a small index, for each group of heads (MiniMax-M3)",
  formula: [
    "s_t = q^I_g . k^I_t for the index head of group g; score(block) = max of s_t over its tokens",
    "S = the k - 1 blocks of largest score before the query's own, and that; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    { title: "MiniMax Sparse Attention", url: "https://arxiv.org/abs/2606.13392" },
    {
      title: "MiniMax-M3",
      url: "https://huggingface.co/MiniMaxAI",
      where: "model card: sparse attention, 28.4x at 1M",
    },
  ],
  differs: standInIndex,
  captured: {
    indexQ: {
      doc: "queries of the index heads, one for each kv head",
      sizes: "(kvHeads, Q, indexDim)",
      shape: ({ kvHeads, queries }, { indexDim }) => [kvHeads, queries, indexDim],
      needs: ["indexK"],
      insteadOf: standInIndex,
    },
    indexK: {
      doc: "keys of the index",
      sizes: "(1, N, indexDim)",
      shape: ({ tokens }, { indexDim }) => [1, tokens, indexDim],
      needs: ["indexQ"],
    },
  },
  params: {
    block: int("tokens in a block", { default: 128, min: 1, sweep: [32, 64, 128, 256] }),
    k: int("blocks read per query, its own included", { default: 16, min: 1, sweep: [4, 8, 16, 32, 64] }),
    indexDim: indexDimParam,
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { block: 16, k: 3, indexDim: 24 },
  prepare(cache, { indexDim }, ops) {
    const { heads, tokens, headDim, seed, captured = {} } = cache;
    // every group's index head reads the same keys: one read serves all
    const rowBytes = bf16Index.bytes(indexDim) / heads.length;
    if (captured.indexQ && captured.indexK) {
      const own: Table = { tensor: stored(captured.indexK, heads[0]!.space), kind: "index", rowBytes };
      return { table: own, asked: queryByQuery(captured.indexQ) };
    }
    const sketch = new Sketch(heads.length, headDim, indexDim, new Random(`${seed}/msa`));
    const index = heads[0]!.space.empty(tokens, indexDim);
    sketch.project(
      heads.map(({ keys }) => keys.tensor),
      index,
      ops,
    );
    bf16Index.round(index, ops);
    const table: Table = { tensor: index, kind: "index", rowBytes };
    return { table, projection: { name: "msa", sketch, format: bf16Index } };
  },
  attend({ queries, cache, index, ops }, { block, k, indexNoise }) {
    const groups = cache.heads.length;
    const asked =
      index.projection === undefined
        ? index.asked
        : indexQueries({ queries, cache, index: index.projection, ops }, { indexHeads: groups, indexNoise });
    const { space } = cache.heads[0]!;
    return perHead(queries, cache, (read, _head, h) => {
      const before = unitsBefore(tokensSeen(queries), block);
      const most = before.reduce((a, b) => Math.max(a, b), 0);
      const parts: RowLists[] = [];
      if (k === 1 || most === 0) parts.push(emptyLists(queries.count));
      else
        inChunks(queries.count, most * block, (from, to) =>
          space.scoped(() => {
            const own = ownRows(asked, { heads: groups, h }, from, to);
            const scores = ops.scores(own, firstRows(index.table, most * block));
            const maxima = blockMaxima(scores, block);
            const choice = { unit: block, head: h, taken: k - 1, grouped: true, firstRow: from };
            tellScores(ops, maxima, before.subarray(from, to), choice);
            parts.push(ops.topK(maxima, k - 1, before.subarray(from, to)));
          }),
        );
      const spans = unitAndCurrentSpans(joined(parts), block, read.visible, queries.group);
      return softmaxRead({ ...read, spans }, ops);
    });
  },
  cost(shape, { block, k, indexDim }) {
    const { tokens, queryHeads, kvHeads } = shape;
    const before = Math.floor((tokens - 1) / block);
    const read = tokensOfUnits(tokens, block, k);
    const scored = k === 1 ? 0 : before * block;
    return {
      flops: 2 * scored * kvHeads * indexDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: tokens * bf16Index.bytes(indexDim),
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * bf16Index.bytes(indexDim),
    };
  },
  memory: tokenIndexMemory,
  madeFor: { model: "minimax-m3", dense: "dense" },
  kernels: {
    "grouped-query": ({ block, k, indexDim }, { kvHeads }) => ({
      blocks: { indexHeads: kvHeads.value, indexDim, block, read: k },
    }),
  },
  denseAt: ({ tokens }) => ({ block: 64, k: Math.ceil(tokens / 64) }),
  meanField(crowd, { block, k, indexDim, indexNoise }) {
    const scores = indexScores(crowd, { indexDim, indexHeads: 1, indexNoise });
    return [bestAndOwnBlock(crowd, block, k, bestTokenScores(crowd, block, scores))];
  },
});

/** (to - from, d) rows of index head h of the queries [from, to), which have `heads` rows each. */
function ownRows(
  asked: Tensor,
  { heads, h }: { heads: number; h: number },
  from: number,
  to: number,
): Tensor {
  const own = zeros(to - from, asked.shape[1]!);
  for (let i = from; i < to; i++)
    flat(rowsOf(own, i - from, i - from + 1)).set(flat(rowsOf(asked, i * heads + h, i * heads + h + 1)));
  return own;
}
