import { int, real } from "../../../core/params.ts";
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
  "The layer that selects is simulated: `drift` is how far its query is from this layer's, as noise.",
];

/**
 * IndexShare: DSA whose indexer runs in one layer of `period`; the layers after it read the same tokens.
 *
 * GLM-5.2 (32 index heads; an indexer in the first three layers and in every fourth from the seventh). Defaults: k 2048, period 4. The simulated layer reads the
 * tokens that an earlier layer selected with another query. `drift` is the noise by which the two queries differ, in
 * units of the query's norm, so that an index head's query has the noise sqrt(indexNoise^2 + drift^2). Costs are the
 * mean over the layers of a period: each reads its tokens, one in `period` reads the index and keeps it.
 */
export const indexShare = defineVariant({
  name: "index-share",
  family: "dynamic",
  summary: "DSA whose selection serves several layers (IndexShare)",
  formula: [
    "I_t = sum_j w_j ReLU(q'_j . k_t) over index heads j, in FP8, q' the query of an earlier layer",
    "S = top-k of I, for all heads and `period` layers; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "GLM-5.2",
      url: "https://huggingface.co/zai-org",
      where: "model cards: index shared by four layers",
    },
    {
      title: "DeepSeek-V3.2",
      url: "https://arxiv.org/abs/2512.02556",
      where: "section 2.1, equations 1 and 2",
    },
  ],
  differs: [
    ...standIn,
    equalWeights,
    "One layer in `period` selects; GLM-5.2 has an indexer in its first three layers too, in 21 of 78 layers in all.",
  ],
  captured: capturedIndex(
    { sizes: "(1, N, indexDim)", count: ({ tokens }) => tokens },
    { index: standIn, gates: [equalWeights] },
  ),
  params: {
    k: topTokensParam,
    period: int("layers that share a selection", { default: 4, min: 1, max: 64, sweep: [1, 2, 4, 8] }),
    drift: real("how far the query of the layer that selects is from this one's, in units of its norm", {
      default: 0.5,
      min: 0,
      max: 10,
      sweep: [0, 0.25, 0.5, 1, 2],
    }),
    indexHeads: indexHeadsParam,
    indexDim: indexDimParam,
    indexNoise: indexNoiseParam,
  },
  prefill: "same",
  budgetParam: "k",
  small: { k: 37, indexDim: 24 },
  prepare: (cache, { indexDim, period }, ops) =>
    tokenIndex(cache, { name: "index-share", indexDim, share: 1 / period }, ops),
  attend: (given, { drift, ...params }) =>
    readTop(given, { ...params, indexNoise: Math.hypot(params.indexNoise, drift) }),
  cost: (shape, params) => topCost(shape, params, params.period),
  memory: tokenIndexMemory,
  madeFor: { model: "glm-5.2", dense: "mla" },
  kernels: {
    latent: ({ k, indexHeads, indexDim, period }) => ({
      indexer: { heads: indexHeads, headDim: indexDim, read: k, period },
    }),
  },
  denseAt: ({ tokens }) => ({ k: tokens }),
  meanField(crowd, params) {
    const indexNoise = Math.hypot(params.indexNoise, params.drift);
    return [{ ...bestTokens(crowd, params.k, indexScores(crowd, { ...params, indexNoise })), shared: true }];
  },
});
