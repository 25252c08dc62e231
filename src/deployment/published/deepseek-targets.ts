import type { Source } from "../../core/entry.ts";
import type { Drafts } from "../../hardware/serving/replica.ts";
import type { Prediction, SystemTarget } from "./system-target.ts";
import { ofRatio, ofSystem } from "./tolerances.ts";

const r1 = { model: "deepseek-v3", kvDtype: "fp8" } as const;
const unbalanced = "uneven sequences, gaps between kernels, host work";

const vllmGb200: Source = {
  title: "Driving vLLM WideEP and large-scale serving toward maturity on Blackwell (part I)",
  url: "https://blog.vllm.ai/2026/02/03/dsr1-gb200-part1.html",
};
const vllmGb300: Source = {
  title: "DeepSeek-V3.2 on GB300, vLLM",
  url: "https://blog.vllm.ai/2026/02/13/gb300-deepseek.html",
};
const sglangPart1: Source = {
  title: "Deploying DeepSeek on GB200 NVL72 with PD and large scale EP (part I), SGLang team",
  url: "https://lmsys.org/blog/2025-06-16-gb200-part-1",
};
const sglangLong: Source = {
  title: "Deploying DeepSeek on GB300 NVL72: big wins in long-context inference",
  url: "https://lmsys.org/blog/2026-02-19-gb300-longctx",
};
const sglangH100: Source = {
  title: "Deploying DeepSeek with PD disaggregation and large-scale expert parallelism on 96 H100 GPUs",
  url: "https://lmsys.org/blog/2025-05-05-large-scale-ep",
};
const trtllmLatency: Source = {
  title: "Pushing latency boundaries: optimizing DeepSeek-R1 performance on B200 GPUs, TensorRT-LLM",
  url: "https://github.com/NVIDIA/TensorRT-LLM/blob/main/docs/source/blogs/tech_blog/blog1_Pushing_Latency_Boundaries_Optimizing_DeepSeek-R1_Performance_on_NVIDIA_B200_GPUs.md",
};

/**
 * The recipe of SGLang's posts for 128K tokens in and 8K out without drafts: three replicas that prefill whole prompts
 * (PP4) and one that decodes (DEP8, 32 further copies of experts), 512 requests in flight
 * (github.com/YAMY1234/srt-slurm, branch gb300_blog, recipes/gb300-128k8k-blog).
 *
 * @param mostSequences `max-running-requests` of the replica that decodes
 */
const longServed = (system: string, mostSequences: number): Prediction => ({
  kind: "recipe-point",
  counts: "output",
  ...r1,
  system,
  framework: "sglang",
  attention: "fp8",
  feedForward: "nvfp4",
  recipe: {
    prefill: { count: 3, parallel: "pp=4", routing: "eplb" },
    decode: { count: 1, parallel: "dp=8", routing: "eplb=32", mostSequences },
    drafts: { tokens: 0, acceptance: 0 },
    inFlight: 512,
  },
  input: 128_000,
  output: 8000,
  chunkTokens: 128_000,
});
const longRacks = [
  ["gb300", 256, 226.2],
  ["gb200", 128, 147.9],
] as const;

/** Prefill of 4,096 tokens a prompt, 16,384 a GPU, on 32 H100 in nodes of 8, two batches in turn. */
const h100Prefill = (routing: string): Prediction => ({
  kind: "prefill-rate",
  system: "h100",
  model: "deepseek-v3",
  kvDtype: "bf16",
  attention: "fp8",
  feedForward: "fp8",
  overlapLinks: true,
  routing,
  parallel: "dp=32",
  input: 4096,
  cacheHits: 0,
  promptsPerGroup: 4,
});

/** vLLM, SGLang and TensorRT-LLM serving DeepSeek-R1. */
export const deepseekTargets: readonly SystemTarget[] = [
  {
    name: "vllm-gb200-prefill",
    published: 26_200,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: vllmGb200,
    conditions:
      "DeepSeek-R1, 2K in, prefill instances of 2 GB200 (DP2 EP2), FP8 projections of attention, NVFP4 experts; assumed: FP8 cache, 32K tokens a GPU and pass (it says that products plateau from 16K to 64K)",
    leftOut: `${unbalanced}; offloaded weights`,
    prediction: {
      kind: "prefill-rate",
      ...r1,
      framework: "vllm",
      system: "gb200-nvl72",
      attention: "fp8",
      feedForward: "nvfp4",
      parallel: "dp=2",
      input: 2048,
      cacheHits: 0,
      promptsPerGroup: 16,
    },
  },
  {
    name: "vllm-gb200-decode",
    published: 10_100,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: vllmGb200,
    conditions:
      "DeepSeek-R1, 2K in 2K out, 8 GB200 (DP8 EP8), FP8 projections of attention, NVFP4 experts; assumed: mean cache of 3,072 tokens in FP8, 512 sequences a GPU (the largest CUDA graph of Dynamo's vLLM recipe for GB200)",
    leftOut: unbalanced,
    prediction: {
      kind: "decode-rate",
      ...r1,
      framework: "vllm",
      system: "gb200-nvl72",
      attention: "fp8",
      feedForward: "nvfp4",
      parallel: "dp=8",
      context: 3072,
      perGpu: 512,
    },
  },
  {
    name: "vllm-gb300-prefill",
    published: 22_476,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: vllmGb300,
    conditions:
      "nvidia/DeepSeek-R1-0528-NVFP4 (attention in BF16, FP8 cache), 2 GB300 (EP2), 2K in, 1 out, 256 requests, 32,768 tokens a pass, vLLM 0.14.1; assumed: attention apart (DP2)",
    leftOut: unbalanced,
    prediction: {
      kind: "prefill-rate",
      ...r1,
      framework: "vllm",
      system: "gb300-nvl72",
      attention: "bf16",
      feedForward: "nvfp4",
      parallel: "dp=2",
      input: 2048,
      cacheHits: 0,
      promptsPerGroup: 16,
    },
  },
  {
    name: "sglang-gb200-decode-fp8",
    published: 7583,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: sglangPart1,
    conditions:
      "DeepSeek-R1, 2K in, 48 GB200 (DP48 EP48), 768 sequences a GPU, BF16 attention, FP8 products; the first of two posts",
    leftOut: `${unbalanced}; kernels of June 2025, which its second post makes 20% faster; DeepGEMM's FP8 experts, of which SGLang's constants have Triton's, so that those of TensorRT-LLM stand in`,
    prediction: {
      kind: "decode-rate",
      system: "gb200-nvl72",
      model: "deepseek-v3",
      kvDtype: "bf16",
      attention: "fp8",
      feedForward: "fp8",
      parallel: "dp=48",
      context: 2000,
      perGpu: 768,
    },
  },
  ...longRacks.map(([rack, mostSequences, published]): SystemTarget => ({
    name: `sglang-${rack}-128k`,
    published,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: sglangLong,
    conditions: `DeepSeek-R1, 128K in 8K out, without MTP, the source's recipe: 12 GPUs prefill (three of PP4, whole prompts) and 8 decode (DEP8), at most ${mostSequences} sequences, 512 in flight; FP8 attention and cache, NVFP4 experts; all 20 GPUs count${rack === "gb200" ? "; the recipe of the same figure at 30 to 40 tokens/s a user, since the file named after it for the peak has other divisions" : ""}`,
    leftOut: unbalanced,
    prediction: longServed(`${rack}-nvl72`, mostSequences),
  })),
  {
    name: "sglang-gb300-over-gb200",
    published: 1.53,
    unit: "x output tokens/s/GPU",
    tolerance: ofRatio,
    source: sglangLong,
    conditions: "sglang-gb300-128k over sglang-gb200-128k",
    leftOut: "the same as for both",
    prediction: {
      kind: "quotient",
      of: longServed("gb300-nvl72", longRacks[0][1]),
      over: longServed("gb200-nvl72", longRacks[1][1]),
    },
  },
  {
    name: "sglang-gb300-ttft",
    published: 8.6,
    unit: "s",
    tolerance: ofSystem,
    source: sglangLong,
    conditions:
      "DeepSeek-R1, a prompt of 128K on GB300, PP4 in chunks of 32K (its dynamic chunks shrink), FP8 attention and cache, NVFP4 experts; 4 GPUs prefill",
    leftOut: "requests that wait: the figure is a mean; dynamic chunks",
    prediction: {
      kind: "prefill-seconds",
      ...r1,
      framework: "sglang",
      system: "gb300-nvl72",
      attention: "fp8",
      feedForward: "nvfp4",
      parallel: "pp=4",
      input: 131_072,
      chunkTokens: 32_768,
    },
  },
  {
    name: "trtllm-r1-tpot",
    published: 1 / 368,
    unit: "s",
    tolerance: ofSystem,
    source: trtllmLatency,
    conditions:
      "DeepSeek-R1, 8 B200, attention TP8 in BF16, NVFP4 experts TP4 EP2, one sequence of 1K in 2K out (mean cache 2,048), three drafts with relaxed acceptance, 3.10 tokens a step (each accepted with .832)",
    leftOut: "fused kernels and several streams at batch 1",
    prediction: {
      kind: "tpot-seconds",
      system: "b200",
      model: "deepseek-v3",
      kvDtype: "bf16",
      attention: "bf16",
      feedForward: "nvfp4",
      parallel: "tp=8,ep=2",
      context: 2048,
      drafts: { tokens: 3, acceptance: 0.832 } satisfies Drafts,
    },
  },
  {
    name: "sglang-h100-perfect-balance",
    published: 59_337 / 50_302,
    unit: "x input tokens/s",
    tolerance: ofRatio,
    source: { ...sglangH100, where: "profile results, overall throughput" },
    conditions:
      "DeepSeek-V3, 32 H100 (DP32 EP32), prompts of 4,096, 16,384 tokens a GPU: experts chosen at random over EPLB with 32 copies",
    leftOut: "exchanges with the busiest rank",
    prediction: { kind: "quotient", of: h100Prefill("even"), over: h100Prefill("eplb=32") },
  },
  {
    name: "sglang-h100-eplb",
    published: 1.49,
    unit: "x input tokens/s",
    tolerance: ofRatio,
    source: { ...sglangH100, where: "ablation study: EPLB" },
    conditions: "prefill as in sglang-h100-perfect-balance, with EPLB over without",
    leftOut: "exchanges with the busiest rank",
    prediction: { kind: "quotient", of: h100Prefill("eplb=32"), over: h100Prefill("power-law") },
  },
];
