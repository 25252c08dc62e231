import { int } from "../../../core/params.ts";
import { capturedIndex } from "../../parts/captured-index.ts";
import { bf16Index } from "../../parts/index-formats.ts";
import {
  indexDimParam,
  indexHeadsParam,
  indexNoiseParam,
  standInIndex,
  topTokensParam,
} from "../../parts/lightning.ts";
import {
  normalised,
  pooledCost,
  pooledMeanField,
  pooledMemory,
  poolIndex,
  readPools,
} from "../../parts/pooled-index.ts";
import { defineVariant } from "../../variant.ts";

/** Keys and queries of the index pass an RMSNorm of their own; the learned weights of the norms are left out. */
const format = normalised(bf16Index);

/**
 * QSA, Qwen sparse attention: an indexer scores micro-blocks of 4 tokens by the mean of their index keys, and all heads
 * read the best blocks, 2048 tokens together. The incomplete block at the end is always read.
 *
 * Qwen3.8-Flash-Next (model_type qwen4_exp): 12 of its 48 layers, over grouped-query heads. Code huggingface/transformers
 * 39329c5, models/qwen4_exp/modular_qwen4_exp.py, Qwen4ExpTextQSAIndexer. Defaults are the model's: indexer_budget 2048,
 * indexer_compress_ratio 4, 4 index heads of 128. A block's key is stored in bf16, 256 B, as in vLLM
 * (models/qwen4_exp/common/qsa_cache.py, d4d0f73). Used by the context's own tokens as well as in decoding.
 */
export const qsa = defineVariant({
  name: "qsa",
  family: "dynamic",
  summary: "the best micro-blocks of 4 tokens by the mean of their index keys (Qwen sparse attention)",
  formula: [
    "e_b = RMSNorm(mean of k^I_t over the tokens t of micro-block b); I_b = sum_j ReLU(RMSNorm(q^I_j) . e_b) over index heads j",
    "S = tokens of the k / block whole blocks of largest I, for all heads, and those after the last whole block",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "models/qwen4_exp/modular_qwen4_exp.py, Qwen4ExpTextQSAIndexer",
    },
    {
      title: "vllm-project/vllm",
      url: "https://github.com/vllm-project/vllm",
      where:
        "models/qwen4_exp/common/qsa_cache.py: one bf16 key for each block, raw keys of the last block alone",
    },
  ],
  differs: [
    ...standInIndex,
    "Norms of index keys and queries have no learned weights, and index keys carry no positions; the source rotates a block's key by the position of its first token.",
  ],
  captured: capturedIndex<{ indexHeads: number; indexDim: number; block: number }>(
    {
      sizes: "(1, floor(N / block), indexDim)",
      count: ({ tokens }, { block }) => Math.floor(tokens / block),
    },
    { index: standInIndex },
  ),
  params: {
    block: int("tokens in a micro-block", { default: 4, min: 1, max: 1024, sweep: [1, 2, 4, 8, 16] }),
    k: topTokensParam,
    indexHeads: indexHeadsParam,
    indexDim: indexDimParam,
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, indexDim: 24 },
  prepare: (cache, { block: pool, indexDim }, ops) =>
    poolIndex(cache, { name: "qsa", pool, indexDim, format }, ops),
  attend: (given, { block: pool, ...params }) => readPools(given, { pool, ...params }),
  cost: (shape, { block: pool, ...params }) => pooledCost(shape, { pool, ...params }, format),
  memory: (shape, { block: pool, indexDim }) => pooledMemory(shape, { pool, indexDim }),
  madeFor: { model: "qwen3.8-flash-next", dense: "dense" },
  kernels: {
    "grouped-query": ({ block, k, indexHeads, indexDim }) => ({
      microBlocks: { indexHeads, indexDim, block, read: k },
    }),
  },
  denseAt: ({ tokens }) => ({ block: 1, k: tokens }),
  meanField: (crowd, { block: pool, ...params }) => pooledMeanField(crowd, { pool, ...params }, true),
});
