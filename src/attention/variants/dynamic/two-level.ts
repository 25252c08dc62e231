import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { int, real } from "../../../core/params.ts";
import { bestCandidates, twoLevelIndex } from "../../parts/candidates.ts";
import { mxfp4Index } from "../../parts/index-formats.ts";
import {
  equalWeights,
  indexHeadsParam,
  indexNoiseParam,
  standInIndex,
  tokenIndexMemory,
} from "../../parts/lightning.ts";
import { perHead } from "../../parts/per-head.ts";
import { tokensOfUnits, unitSpans } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Two-level top-k, the hierarchical sparse indexer of DeepSeek-V4.1: the first layer of a group scores every token and
 * publishes its best 2048 blocks of 8; the layers after it score the tokens of those blocks alone, with queries of their
 * own, and read the 512 best.
 *
 * Code huggingface/transformers 0a2080b, models/deepseek_v41/modular_deepseek_v41.py, select_candidate_blocks and
 * DeepseekV41Indexer; sgl-project/sglang 179450a, layers/attention/dsv4/candidate_torch.py. Defaults are the model's
 * (candidate_topk_blocks 2048, candidate_block_size 8, index_topk 512, index dimension 128 in MXFP4): layer 20 publishes
 * and layers 24, 28, 32 and 36 choose within. The simulated layer is one that chooses within; `drift` is the noise by
 * which the publishing layer's query differs. The index bytes that a step reads are the mean over `period` layers.
 */
export const twoLevel = defineVariant({
  name: "two-level",
  family: "dynamic",
  summary: "the best tokens of the best blocks, which an earlier layer's index chose (DeepSeek-V4.1)",
  formula: [
    "I'_t = sum_j ReLU(q'_j . k_t) over index heads j, q' the query of an earlier layer; score(block) = max of I' over its tokens",
    "C = tokens of the candidates - 1 blocks of largest score before the query's own, and of that",
    "S = top-k of I over C, for all heads, I with this layer's query; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "models/deepseek_v41/modular_deepseek_v41.py, select_candidate_blocks and DeepseekV41Indexer",
    },
    {
      title: "sgl-project/sglang",
      url: "https://github.com/sgl-project/sglang",
      where: "layers/attention/dsv4/candidate_torch.py, two_level_decode_logits",
    },
  ],
  differs: [
    ...standInIndex,
    equalWeights,
    "The layer that publishes is simulated: `drift` is how far its query is from this layer's, as noise.",
    "A layer keeps its own K, V and index keys; in the model a group of layers shares one latent record and one index key of each token, and reads them with a window of 128 tokens and a sink in the same softmax.",
  ],
  params: {
    k: int("tokens read per query", { default: 512, min: 1, sweep: [128, 256, 512, 1024, 2048] }),
    candidates: int("blocks whose tokens are scored, the query's own included", {
      default: 2048,
      min: 1,
      sweep: [256, 512, 1024, 2048, 4096],
    }),
    block: int("tokens in a block of candidates", {
      default: 8,
      min: 1,
      max: 4096,
      sweep: [1, 4, 8, 16, 64],
    }),
    period: int("index layers that share the candidates, with the one that publishes them", {
      default: 5,
      min: 1,
      max: 64,
      sweep: [2, 5, 10],
    }),
    drift: real("how far the query of the layer that publishes is from this one's, in units of its norm", {
      default: 0.5,
      min: 0,
      max: 10,
      sweep: [0, 0.25, 0.5, 1, 2],
    }),
    indexHeads: indexHeadsParam,
    indexDim: int("dimension of an index key, in blocks of 32 under one scale", {
      default: 128,
      min: 32,
      max: 1024,
      sweep: [64, 128],
    }),
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, candidates: 12, indexDim: 32 },
  noMeanField:
    "the choice of blocks and that of tokens share a part of each score, and the mean field knows choices by one score alone",
  prepare: (cache, { indexDim }, ops) =>
    twoLevelIndex(cache, { name: "two-level", indexDim, format: mxfp4Index }, ops),
  attend({ queries, cache, index, ops }, params) {
    const rows = bestCandidates({ queries, cache, index, ops }, params);
    return perHead(queries, cache, (read) =>
      softmaxRead({ ...read, spans: unitSpans(rows, 1, read.visible, queries.group) }, ops),
    );
  },
  cost(shape, { k, candidates, block, period, indexHeads, indexDim }) {
    const { tokens, queryHeads } = shape;
    const within = tokensOfUnits(tokens, block, candidates);
    const scored = tokens / period + within * (1 - 1 / period);
    const read = Math.min(k, within);
    const keyBytes = mxfp4Index.bytes(indexDim);
    return {
      flops: 2 * scored * indexHeads * indexDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: tokens * keyBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * keyBytes,
    };
  },
  memory: tokenIndexMemory,
  denseAt: ({ tokens }) => ({ k: tokens, candidates: tokens }),
});
