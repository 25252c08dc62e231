import { int } from "../../../core/params.ts";
import { capturedIndex } from "../../parts/captured-index.ts";
import { fp8Index } from "../../parts/index-formats.ts";
import {
  equalWeights,
  indexDimParam,
  indexHeadsParam,
  indexNoiseParam,
  roundedScales,
  standInIndex,
  topTokensParam,
} from "../../parts/lightning.ts";
import { pooledCost, pooledMeanField, pooledMemory, poolIndex, readPools } from "../../parts/pooled-index.ts";
import { defineVariant } from "../../variant.ts";

const standIn = [
  ...standInIndex,
  roundedScales,
  "A pool's key is the mean of its tokens' keys; the source weighs them for each channel by a softmax of learned logits and learned places, which is the mean before training.",
];

/**
 * Pooled DSA: the lightning indexer of DSA over pools of 4 keys. All heads read the k / pool best pools, and always the
 * incomplete pool at the end.
 *
 * GLM-5.3-Flash (glm5_next): 11 of its 45 layers, over MLA without rotary parts. Code huggingface/transformers 95d5838,
 * models/glm5_next/modular_glm5_next.py, Glm5NextTextIndexer. Defaults are the model's: index_topk 2048, index_kpool 4,
 * index dimension 128 and FP8 keys of 132 B a pool, as in vLLM (models/glm5next/common/attention.py, 4589c76). The
 * trained weights of the pools' softmax are not public in code.
 */
export const pooledDsa = defineVariant({
  name: "pooled-dsa",
  family: "dynamic",
  summary: "DSA whose FP8 index has one key for each pool of 4 tokens (GLM-5.3-Flash)",
  formula: [
    "e_b = mean of k^I_t over the tokens t of pool b; I_b = sum_j w_j ReLU(q_j . e_b) over index heads j, in FP8",
    "S = tokens of the k / pool whole pools of largest I, for all heads, and those after the last whole pool",
    "o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "models/glm5_next/modular_glm5_next.py, Glm5NextTextIndexer",
    },
    {
      title: "vllm-project/vllm",
      url: "https://github.com/vllm-project/vllm",
      where:
        "models/glm5next/common/attention.py, Glm5NextIndexerCache: an FP8 key with a float32 scale for each pool",
    },
    {
      title: "DeepSeek-V3.2",
      url: "https://arxiv.org/abs/2512.02556",
      where: "section 2.1, equations 1 and 2",
    },
  ],
  differs: [...standIn, equalWeights],
  captured: capturedIndex<{ indexHeads: number; indexDim: number; pool: number }>(
    {
      sizes: "(1, floor(N / pool), indexDim)",
      count: ({ tokens }, { pool }) => Math.floor(tokens / pool),
    },
    { index: standIn, gates: [equalWeights] },
  ),
  params: {
    pool: int("tokens in a pool", { default: 4, min: 1, max: 1024, sweep: [1, 2, 4, 8, 16] }),
    k: topTokensParam,
    indexHeads: indexHeadsParam,
    indexDim: indexDimParam,
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, indexDim: 24 },
  prepare: (cache, { pool, indexDim }, ops) =>
    poolIndex(cache, { name: "pooled-dsa", pool, indexDim, format: fp8Index }, ops),
  attend: readPools,
  cost: (shape, params) => pooledCost(shape, params, fp8Index),
  memory: pooledMemory,
  madeFor: { model: "glm-5.3-flash", dense: "mla" },
  kernels: {
    latent: ({ pool, k, indexHeads, indexDim }) => ({
      indexer: { heads: indexHeads, headDim: indexDim, read: k, pool },
    }),
  },
  denseAt: ({ tokens }) => ({ pool: 1, k: tokens }),
  meanField: (crowd, params) => pooledMeanField(crowd, params, false),
});
