import type { Source } from "../../core/entry.ts";
import type { Prediction, Setup, SystemTarget } from "./system-target.ts";
import { ofRatio, ofSystem } from "./tolerances.ts";

const kimi: Source = {
  title: "Kimi Linear: an expressive, efficient attention architecture",
  url: "https://arxiv.org/abs/2510.26692",
};
/** One node of 8 H100, each with sequences of its own. */
const kimiNode = {
  system: "h100",
  framework: "vllm",
  model: "kimi-linear",
  kvDtype: "bf16",
  attention: "bf16",
  feedForward: "bf16",
  parallel: "dp=8",
} as const;
const kimiOver = (prediction: Extract<Prediction, { readonly parallel: string }>): Prediction => ({
  kind: "quotient",
  of: { ...prediction, allLatent: true },
  over: prediction,
});
const kimiUnknown =
  "GPUs and engine are not said; assumed: one node of 8 H100, vLLM (for which the report releases its kernels), weights and cache in BF16";

const h20Source: Source = {
  title: "H20, throughput of Qwen3-30B-A3B and Qwen3-8B (handed to this project without its address)",
  url: "https://arxiv.org/abs/2505.09388",
  where: "the models' report; the source of the rates is not known",
};
/** An H100 with the H20's rates: 96 GB at 4 TB/s, 148 and 296 TFLOP/s. */
const h20 = {
  system: "h100",
  set: ["gpu.hbm=96GB", "gpu.hbmBandwidth=4TB/s", "gpu.bf16=148TFLOP/s", "gpu.fp8=296TFLOP/s"],
  kvDtype: "bf16",
} as const;
const moe30b = { ...h20, model: "qwen3-30b", attention: "bf16", feedForward: "bf16" } satisfies Setup;
const dense8b = { ...h20, model: "qwen3-8b", attention: "fp8", feedForward: "fp8" } satisfies Setup;
const h20Assumed = "assumed: BF16 cache, H100's links";

/** Kimi-Linear, and Qwen3 on H20. */
export const otherTargets: readonly SystemTarget[] = [
  {
    name: "kimi-linear-prefill",
    published: 2.9,
    unit: "x time of a prompt",
    tolerance: ofRatio,
    source: { ...kimi, where: "figure 7a" },
    conditions: `MLA in all layers over Kimi-Linear, a prompt of 1M tokens; ${kimiUnknown}`,
    leftOut: "convolutions and gates of KDA",
    prediction: kimiOver({
      ...kimiNode,
      kind: "prefill-seconds",
      parallel: "tp=8",
      input: 2 ** 20,
      chunkTokens: 32_768,
    }),
  },
  {
    name: "kimi-linear-tpot",
    published: 6.3,
    unit: "x time of a token",
    tolerance: ofRatio,
    source: { ...kimi, where: "figure 1b: 11.48 over 1.84 ms, with larger batches" },
    conditions: `MLA in all layers over Kimi-Linear at 1M tokens, each with the most sequences that fit; ${kimiUnknown}`,
    leftOut:
      "batches are not said; bytes of caches alone are 27 latent layers over 7, a ratio of 3.9, whatever the batch",
    prediction: kimiOver({ ...kimiNode, kind: "full-tpot-seconds", context: 2 ** 20 }),
  },
  {
    name: "h20-qwen3-30b-decode",
    published: 2749,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: h20Source,
    conditions: `Qwen3-30B-A3B in BF16, 100 users a GPU, 5,120 tokens of context; ${h20Assumed}, two GPUs (TP2), since one does not hold weights and caches`,
    leftOut: "host work, uneven sequences; efficiencies are those of other GPUs",
    prediction: { ...moe30b, kind: "decode-rate", parallel: "tp=2", context: 5120, perGpu: 100 },
  },
  {
    name: "h20-qwen3-30b-prefill",
    published: 16_594,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: h20Source,
    conditions: `Qwen3-30B-A3B in BF16; ${h20Assumed}, one GPU, four prompts of 4,096 tokens a pass`,
    leftOut: "host work; efficiencies are those of other GPUs",
    prediction: {
      ...moe30b,
      kind: "prefill-rate",
      parallel: "tp=1",
      input: 4096,
      cacheHits: 0,
      promptsPerGroup: 4,
    },
  },
  {
    name: "h20-qwen3-8b-decode",
    published: 2682,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: h20Source,
    conditions: `Qwen3-8B in FP8, 64 users a GPU; ${h20Assumed}, one GPU, 5,120 tokens of context as for Qwen3-30B-A3B`,
    leftOut: "host work, uneven sequences; efficiencies are those of other GPUs",
    prediction: { ...dense8b, kind: "decode-rate", parallel: "tp=1", context: 5120, perGpu: 64 },
  },
  {
    name: "h20-qwen3-8b-prefill",
    published: 15_061,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: h20Source,
    conditions: `Qwen3-8B in FP8; ${h20Assumed}, one GPU, four prompts of 4,096 tokens a pass`,
    leftOut: "host work; efficiencies are those of other GPUs",
    prediction: {
      ...dense8b,
      kind: "prefill-rate",
      parallel: "tp=1",
      input: 4096,
      cacheHits: 0,
      promptsPerGroup: 4,
    },
  },
];
