import { attentionFlops } from "../../../core/cost.ts";
import { int } from "../../../core/params.ts";
import { flat, rowsOf } from "../../../core/tensor.ts";
import type { Tensor } from "../../../core/tensor.ts";
import type { Ops, Table } from "../../../engines/ops.ts";
import type { HeadCache } from "../../cache.ts";
import { bestBlocks } from "../../mean-field/blocks.ts";
import { andBlindly, readsAll, withLast } from "../../mean-field/reads.ts";
import { best } from "../../parts/kept.ts";
import { rowLists } from "../../parts/lists.ts";
import { together } from "../../parts/mixtures.ts";
import { tellScores } from "../../parts/choices.ts";
import { perHead } from "../../parts/per-head.ts";
import { firstRows, meanIndex, unitsOfBudget, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

interface ChunkParams {
  readonly chunk: number;
  readonly budget: number;
  readonly outliers: number;
  readonly local: number;
}

/** Chunks of a query that sees `visible` tokens. */
interface Chunks {
  /** whole chunks before the local ones */
  readonly before: number;
  /** those of them that are always read */
  readonly outliers: number;
  /** most of the others that it chooses */
  readonly chosen: number;
}

function chunksOf(visible: number, { chunk, budget, outliers, local }: ChunkParams): Chunks {
  const before = Math.max(0, Math.floor(visible / chunk) - local);
  const own = Math.min(outliers, before);
  return { before, outliers: own, chosen: Math.min(before - own, unitsOfBudget(budget, chunk, 1)) };
}

/** Chunk means of a kv head, and the least cosine of each chunk's mean with one of its keys. */
interface ChunkIndex {
  readonly means: Table;
  readonly leastCosines: Float64Array;
}

function chunkIndex({ keys }: HeadCache, chunk: number, ops: Ops): ChunkIndex {
  const means = meanIndex(keys, chunk, chunk, ops);
  const whole = Math.floor(keys.tensor.shape[0] / chunk);
  const inChunks = rowsOf(keys.tensor, 0, whole * chunk);
  const lengths = ops.rowProducts(inChunks).map(Math.sqrt);
  const products = ops.rowProducts(inChunks, { vectors: means.tensor as Tensor, every: chunk });
  const meanLengths = ops.rowProducts(means.tensor).map(Math.sqrt);
  const leastCosines = new Float64Array(whole).fill(Infinity);
  products.forEach((product, t) => {
    const c = Math.floor(t / chunk);
    const cosine = product / Math.max(1e-8, meanLengths[c]! * lengths[t]!);
    leastCosines[c] = Math.min(leastCosines[c]!, cosine);
  });
  return { means, leastCosines };
}

/** The chunks that one query of a group reads besides the local ones. */
interface ChunkChoice {
  readonly outliers: Int32Array;
  readonly chosen: Int32Array;
}

/** A read of kv head h, and the index of its chunks. */
interface HeadChunks {
  readonly read: Read;
  readonly index: ChunkIndex;
  readonly head: HeadCache;
  readonly h: number;
}

/**
 * Chooses chunks for each query, the same for its group: outliers by their least cosine, then the chunks of largest
 * softmax weight, of which the largest of the group counts.
 */
function chooseChunks(
  { read, index, head, h }: HeadChunks,
  params: ChunkParams & { readonly group: number },
  ops: Ops,
): ChunkChoice[] {
  const { group } = params;
  const farFromMean = index.leastCosines.map((cosine) => -cosine);
  return Array.from({ length: read.visible.length / group }, (_, i) => {
    const { before, outliers: most, chosen } = chunksOf(read.visible[i * group]!, params);
    const outliers = most === 0 ? new Int32Array(0) : best(farFromMean.subarray(0, before), most, ops);
    if (chosen === 0) return { outliers, chosen: new Int32Array(0) };
    return head.space.scoped(() => {
      const rows = rowsOf(read.queries, i * group, (i + 1) * group);
      const weights = ops.scores(rows, firstRows(index.means, before));
      const rowOf = (g: number): Float32Array | Float64Array => flat(rowsOf(weights, g, g + 1));
      for (let g = 0; g < group; g++) for (const c of outliers) rowOf(g)[c] = -Infinity;
      ops.softmax(weights, new Int32Array(group).fill(before), read.scale);
      const largest = rowOf(0);
      for (let g = 1; g < group; g++)
        rowOf(g).forEach((weight, c) => (largest[c] = Math.max(largest[c]!, weight)));
      // below every weight, so that an outlier is not chosen twice
      for (const c of outliers) largest[c] = -1;
      const scores = rowsOf(weights, 0, 1);
      const seen = Int32Array.of(before);
      const units = { unit: params.chunk, head: h, grouped: true, firstRow: i };
      tellScores(ops, scores, seen, { ...units, taken: chosen });
      return { outliers, chosen: ops.topK(scores, chosen, seen).rows };
    });
  });
}

/**
 * ShadowKV: keys stay in HBM as a low-rank factor, values lie in the host's memory; chunk means choose the rows whose
 * values are fetched. Chunks with a key far from their mean (outliers) and the last chunks stay in HBM as they are,
 * and are read on top of the budget.
 *
 * Sun et al. 2024, arXiv 2410.21465; code ByteDance-Seed/ShadowKV. Defaults: rank 160, chunks of 8, a budget of 2048
 * tokens, 48 outlier chunks and 4 local ones. RetroInfer (arXiv 2505.02922) splits memory the same way. It is a
 * decoding method: the prompt is read densely.
 */
export const shadowkv = defineVariant({
  name: "shadowkv",
  family: "memory",
  summary: "low-rank keys in HBM, values in the host's memory, fetched for the best chunks (ShadowKV)",
  formula: [
    "outliers = the chunks with the least min over keys k of cos(k, mean(keys of the chunk)), before the local ones",
    "s(chunk) = max over the group's heads of softmax(q . mean(keys of the chunk)), for the other chunks before the local ones",
    "S = the best chunks, up to the budget, the outliers and all from the local chunks on; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "ShadowKV: KV Cache in Shadows for High-Throughput Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2410.21465",
      where: "section 4, algorithms 1 and 2",
    },
    {
      title: "ByteDance-Seed/ShadowKV",
      url: "https://github.com/ByteDance-Seed/ShadowKV",
      where: "models/kv_cache.py, ShadowKVCache",
    },
  ],
  differs: [
    "Low-rank keys are exact, since random keys are of full rank; the rank counts in bytes alone.",
    "Chunks and outliers follow the query; the source cuts them once, at the end of the prompt, and keeps every later token.",
  ],
  params: {
    chunk: int("tokens in a chunk", { default: 8, min: 1, sweep: [4, 8, 16] }),
    budget: int("tokens chosen per query, in whole chunks, on top of outlier and local ones", {
      default: 2048,
      min: 1,
      sweep: [512, 1024, 2048, 4096],
    }),
    rank: int("numbers that stand for a token's keys of all heads", {
      default: 160,
      min: 1,
      sweep: [80, 160, 320],
    }),
    outliers: int("chunks that are always read, those with a key farthest from their mean", {
      default: 48,
      min: 0,
      sweep: [0, 24, 48, 96],
    }),
    local: int("last whole chunks that are always read, with the tokens after them", { default: 4, min: 0 }),
  },
  prefill: "dense",
  budgetParam: "budget",
  small: { chunk: 4, budget: 40, outliers: 3, local: 2 },
  refuses: { placement: "it places K in HBM and V in the host's memory" },
  prepare: ({ heads }, { chunk }, ops) => heads.map((head) => chunkIndex(head, chunk, ops)),
  attend: ({ queries, cache, index, ops }, params) =>
    perHead(queries, cache, (read, head, h) => {
      const { chunk, rank } = params;
      const { group } = queries;
      const choices = chooseChunks({ read, index: index[h]!, head, h }, { ...params, group }, ops);
      const choiceOf = (row: number): ChunkChoice => choices[Math.floor(row / group)]!;
      const lowRank = { ...read.keys, rowBytes: (rank * cache.bytesPerElement) / cache.heads.length };
      const chosen = rowLists(choices.map((choice) => choice.chosen));
      const fetched = softmaxRead(
        {
          ...read,
          sinkLogit: undefined,
          keys: lowRank,
          spans: unitSpans(chosen, chunk, read.visible, group),
        },
        ops,
      );
      const inHbm = new Spans(read.visible.length, (i, add) => {
        for (const c of choiceOf(i).outliers) add(c * chunk, (c + 1) * chunk);
        add(chunksOf(read.visible[i]!, params).before * chunk, read.visible[i]!);
      });
      const stays = softmaxRead({ ...read, sinkLogit: undefined, spans: inHbm }, ops);
      return together([fetched, stays], (i) => [fetched.logSum(i), stays.logSum(i)], read.sinkLogit);
    }),
  cost(shape, params) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const { chunk, rank } = params;
    const { before, outliers, chosen } = chunksOf(tokens, params);
    const scored = chosen === 0 ? 0 : before;
    const fetched = chosen * chunk;
    const stays = tokens - (before - outliers) * chunk;
    const [keyBytes, valueBytes] = [rank * bytesPerElement, kvHeads * headDim * bytesPerElement];
    return {
      // keys that are fetched are first made from their factor
      flops:
        2 * scored * queryHeads * headDim +
        2 * fetched * rank * kvHeads * headDim +
        attentionFlops(shape, fetched + stays),
      exponentials: (fetched + stays + scored) * queryHeads,
      keptBytes: tokens * (keyBytes + valueBytes) + stays * 2 * valueBytes,
      indexKeptBytes: Math.ceil(tokens / chunk) * valueBytes,
      kvReadBytes: fetched * (keyBytes + valueBytes) + stays * 2 * valueBytes,
      indexReadBytes: scored * valueBytes,
      farKeptBytes: tokens * valueBytes,
      farReadBytes: fetched * valueBytes,
    };
  },
  denseAt: ({ tokens }) => ({ budget: Math.ceil(tokens / 8) * 8 }),
  meanField(crowd, params) {
    const { chunk } = params;
    const { before, outliers, chosen } = chunksOf(crowd.tokens, params);
    if (outliers + chosen === before) return [readsAll(crowd)];
    const others = bestBlocks(crowd, { block: chunk, k: chosen, blocks: before - outliers });
    const read = withLast(crowd, others, crowd.tokens - before * chunk);
    return [andBlindly(crowd, read, outliers * chunk)];
  },
});
