import { bestTokens, indexScores } from "../../mean-field/tokens.ts";
import { capturedIndex } from "../../parts/captured-index.ts";
import {
  equalWeights,
  indexDimParam,
  indexHeadsParam,
  indexNoiseParam,
  readTop,
  roundedScales,
  standInIndex,
  tokenIndex,
  tokenIndexMemory,
  topCost,
  topTokensParam,
} from "../../parts/lightning.ts";
import { defineVariant } from "../../variant.ts";

const standIn = [
  ...standInIndex,
  roundedScales,
  "The 4 index heads stand for the source's 64: at indexNoise .25 their mean has the noise of 64 heads whose queries have a cosine of .7 with the ideal one.",
];

/**
 * DSA, DeepSeek sparse attention: a lightning indexer scores every token with a few small heads in FP8, and all heads
 * read the k tokens that it ranks highest.
 *
 * DeepSeek-V3.2, arXiv 2512.02556; code deepseek-ai/DeepSeek-V3.2-Exp (inference/model.py, Indexer). Defaults: k 2048,
 * index dimension 128 (132 bytes a token), used by the context's own tokens as well as in decoding.
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
  differs: [...standIn, equalWeights],
  captured: capturedIndex(
    { sizes: "(1, N, indexDim)", count: ({ tokens }) => tokens },
    { index: standIn, gates: [equalWeights] },
  ),
  params: {
    k: topTokensParam,
    indexHeads: indexHeadsParam,
    indexDim: indexDimParam,
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, indexDim: 24 },
  prepare: (cache, { indexDim }, ops) => tokenIndex(cache, { name: "dsa", indexDim }, ops),
  attend: readTop,
  cost: (shape, params) => topCost(shape, params),
  memory: tokenIndexMemory,
  madeFor: { model: "deepseek-v3.2", dense: "mla" },
  kernels: {
    latent: ({ k, indexHeads, indexDim }) => ({
      indexer: { heads: indexHeads, headDim: indexDim, read: k },
    }),
  },
  denseAt: ({ tokens }) => ({ k: tokens }),
  meanField: (crowd, params) => [
    { ...bestTokens(crowd, params.k, indexScores(crowd, params)), shared: true },
  ],
});
