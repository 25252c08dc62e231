import type { Source } from "../../core/entry.ts";
import { unknownName } from "../../core/errors.ts";
import { splitList } from "../../core/list.ts";
import { deepseekTargets } from "./deepseek-targets.ts";
import { inferenceXTargets } from "./inferencex-targets.ts";
import { otherTargets } from "./other-targets.ts";
import type { Prediction, Setup, SystemTarget } from "./system-target.ts";
import { ofRatio, ofSystem } from "./tolerances.ts";

const day6: Source = {
  title: "DeepSeek-V3/R1 inference system overview (open-infra week, day 6)",
  url: "https://github.com/deepseek-ai/open-infra-index/blob/main/202502OpenSourceWeek/day_6_one_more_thing_deepseekV3R1_inference_system_overview.md",
};

/** H800: an H100 with links of 200 GB/s each direction; FP8 products, bf16 attention and cache, dual-batch overlap. */
const h800 = {
  system: "h100",
  set: ["gpu.nvlink=200GB/s"],
  model: "deepseek-v3",
  kvDtype: "bf16",
  attention: "fp8",
  feedForward: "fp8",
  overlapLinks: true,
} satisfies Setup;

/**
 * While they hide behind work, exchanges of prompts take 20 of a GPU's 132 multiprocessors (DeepSeek-V3, arXiv 2412.19437,
 * section 3.2.2; the default of github.com/deepseek-ai/DeepEP); those of decoding (its low-latency kernels) take none.
 */
const h800Prefill = {
  ...h800,
  set: [...h800.set, `gpu.fp8=${(1978 * 112) / 132}TFLOP/s`, `gpu.bf16=${(989 * 112) / 132}TFLOP/s`],
} satisfies Setup;

const day6Prefill: Prediction = {
  kind: "prefill-rate",
  ...h800Prefill,
  parallel: "dp=32",
  input: 4383,
  cacheHits: 0.563,
  promptsPerGroup: 4,
};
const day6Decode: Prediction = {
  kind: "decode-rate",
  ...h800,
  parallel: "dp=144",
  context: 4989,
  perGpu: 88,
};

const sglang: Source = {
  title: "Deploying DeepSeek on GB200 NVL72 with PD and large scale EP (part II), SGLang team",
  url: "https://lmsys.org/blog/2025-09-25-gb200-part-2",
};
const sglangScripts = "instructions in github.com/sgl-project/sglang/issues/10903";
const gb200 = { system: "gb200-nvl72", model: "deepseek-v3" } as const;
const low = {
  ...gb200,
  framework: "sglang",
  kvDtype: "fp8",
  attention: "fp8",
  feedForward: "nvfp4",
} satisfies Setup;
/** DeepGEMM's FP8 experts: the constants of SGLang have Triton's, so that those of TensorRT-LLM stand in. */
const high = { ...gb200, kvDtype: "bf16", attention: "fp8", feedForward: "fp8" } satisfies Setup;
const servers = "gaps between kernels, uneven experts and sequences, host work";

const v4: Source = {
  title: "DeepSeek-V4, model card",
  url: "https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro",
};
const v4Conditions = "one token at 1M tokens of context, against DeepSeek-V3.2";

const helixPaper: Source = { title: "Helix parallelism", url: "https://arxiv.org/abs/2507.07120" };
const helixBlog: Source = {
  title: "Helix parallelism in TensorRT-LLM",
  url: "https://github.com/NVIDIA/TensorRT-LLM/blob/main/docs/source/blogs/tech_blog/blog22_Helix_Parallelism_Scaling_Multi_Million_Token_Decoding_with_KV_Cache_Sharding.md",
};
const helix = {
  ...gb200,
  kvDtype: "nvfp4",
  attention: "nvfp4",
  feedForward: "nvfp4",
  overlapLinks: true,
} satisfies Setup;
const helixConditions =
  "DeepSeek-R1 at 1M tokens, all in FP4, 1 to 64 GPUs of a GB200 rack, exchanges overlapped on both sides; KV parallelism against the paper's baseline: tensor parallelism of whole layers, or data-parallel attention and expert parallelism, in stages or not";

const meta: Source = {
  title: "Context parallelism for scalable million-token inference",
  url: "https://arxiv.org/abs/2411.01783",
  where: "sections 4.1 and 4.2.3",
};
/**
 * Section 4.1: HBM2e of 2.4 TB/s, FP8 in feed-forward layers. The abstract's 502 TFLOP/s a GPU at 63% of peak are 800 in
 * bf16, not an H100's 989.
 */
const metaHost = {
  system: "h100",
  set: ["gpu.bf16=800TFLOP/s", "gpu.fp8=1600TFLOP/s", "gpu.hbmBandwidth=2.4TB/s"],
  model: "llama-3.1-405b",
  kvDtype: "bf16",
  attention: "bf16",
  feedForward: "fp8",
} satisfies Setup;

const trtllm: Source = {
  title: "Optimizing DeepSeek-V3.2 on NVIDIA Blackwell GPUs, TensorRT-LLM",
  url: "https://github.com/NVIDIA/TensorRT-LLM/blob/main/docs/source/blogs/tech_blog/blog15_Optimizing_DeepSeek_V32_on_NVIDIA_Blackwell_GPUs.md",
  where: "benchmark on B200, min-latency",
};
const v32 = {
  system: "b200",
  model: "deepseek-v3.2",
  kvDtype: "fp8",
  attention: "bf16",
  feedForward: "nvfp4",
} satisfies Setup;

/** Published numbers of systems that serve models. */
export const targets: readonly SystemTarget[] = [
  {
    name: "day6-prefill",
    published: 73_700 / 8,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: day6,
    conditions:
      "H800 nodes, EP32 DP32, 56.3% of input cached (counted as input); prompts of 4,383 tokens: of the mean cache of 4,989 at 608:168 tokens in and out",
    leftOut: `the source averages over a day, idle hours among it; efficiencies are those of Blackwell kernels; ${servers}`,
    prediction: day6Prefill,
  },
  {
    name: "day6-decode",
    published: 14_800 / 8,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: day6,
    conditions: "H800 nodes, EP144 DP144, mean cache 4,989, 88 sequences a GPU: 1,850 at 21 tokens/s a user",
    leftOut: `efficiencies are those of Blackwell kernels; ${servers}; load over a day`,
    prediction: day6Decode,
  },
  {
    name: "day6-price-input",
    published: 0.06,
    unit: "USD/M input tokens",
    tolerance: ofSystem,
    source: day6,
    conditions: "$2 a GPU-hour, at the rate of day6-prefill",
    leftOut: "the same as day6-prefill",
    prediction: { kind: "price", dollarsPerGpuHour: 2, of: day6Prefill },
  },
  {
    name: "day6-price-output",
    published: 0.3,
    unit: "USD/M output tokens",
    tolerance: ofSystem,
    source: day6,
    conditions: "$2 a GPU-hour, at the rate of day6-decode",
    leftOut: "the same as day6-decode",
    prediction: { kind: "price", dollarsPerGpuHour: 2, of: day6Decode },
  },
  {
    name: "sglang-prefill-low",
    published: 26_156,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: { ...sglang, where: sglangScripts },
    conditions:
      "GB200, 4 GPUs (DP4 EP4), 2K input, 16,384 tokens a GPU and pass, FP8 attention, NVFP4 experts",
    leftOut: servers,
    prediction: {
      kind: "prefill-rate",
      ...low,
      parallel: "dp=4",
      input: 2000,
      cacheHits: 0,
      promptsPerGroup: 8,
    },
  },
  {
    name: "sglang-decode-low",
    published: 13_386,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: { ...sglang, where: sglangScripts },
    conditions:
      "GB200, 48 GPUs (DP48 EP48), 1,408 sequences a GPU of 2K tokens, FP8 attention, NVFP4 experts",
    leftOut: `${servers}; shared experts overlap with exchanges (single batch overlap)`,
    prediction: { kind: "decode-rate", ...low, parallel: "dp=48", context: 2000, perGpu: 1408 },
  },
  {
    name: "sglang-prefill-high",
    published: 18_471,
    unit: "input tokens/s/GPU",
    tolerance: ofSystem,
    source: { ...sglang, where: sglangScripts },
    conditions:
      "GB200, 8 GPUs (DP8 EP8), 2K input, 16,384 tokens a GPU and pass, BF16 attention, FP8 products",
    leftOut: servers,
    prediction: {
      kind: "prefill-rate",
      ...high,
      parallel: "dp=8",
      input: 2000,
      cacheHits: 0,
      promptsPerGroup: 8,
    },
  },
  {
    name: "sglang-decode-high",
    published: 9087,
    unit: "output tokens/s/GPU",
    tolerance: ofSystem,
    source: { ...sglang, where: sglangScripts },
    conditions: "GB200, 48 GPUs (DP48 EP48), 768 sequences a GPU of 2K tokens, BF16 attention, FP8 products",
    leftOut: `${servers}; shared experts overlap with exchanges (single batch overlap)`,
    prediction: { kind: "decode-rate", ...high, parallel: "dp=48", context: 2000, perGpu: 768 },
  },
  ...(
    [
      ["v4-pro", "flops-ratio", 0.27, "deepseek-v4-pro"],
      ["v4-pro", "cache-ratio", 0.1, "deepseek-v4-pro"],
      ["v4-flash", "flops-ratio", 0.1, "deepseek-v4-flash"],
      ["v4-flash", "cache-ratio", 0.07, "deepseek-v4-flash"],
    ] as const
  ).map(([name, kind, published, model]): SystemTarget => ({
    name: `${name}-${kind}`,
    published,
    unit: "of DeepSeek-V3.2's",
    tolerance: ofRatio,
    source: v4,
    conditions: kind === "flops-ratio" ? `${v4Conditions}, in equivalent FP8 operations` : v4Conditions,
    leftOut: "the source prints whole percents, and not how it weighs precisions",
    prediction: { kind, model, over: "deepseek-v3.2", kvDtype: "fp8", context: 2 ** 20 },
  })),
  {
    name: "helix-interactivity-modelled",
    published: 1.5,
    unit: "x tokens/s of a user",
    tolerance: ofRatio,
    source: { ...helixPaper, where: "section 3" },
    conditions: `${helixConditions}: the fastest user with over without`,
    leftOut: "the paper's own simulator",
    prediction: { kind: "helix-interactivity", ...helix, gpus: 64, context: 2 ** 20 },
  },
  {
    name: "helix-interactivity-measured",
    published: 1.8,
    unit: "x tokens/s of a user",
    tolerance: ofRatio,
    source: { ...helixBlog, where: "performance results" },
    conditions:
      "DeepSeek-R1 at 1M tokens on GB300 NVL72, FP4 weights, FP8 cache, nothing overlaps: the fastest user with over without, among the same divisions",
    leftOut: "kernels of one sequence of 1M tokens: those measured have 131K at most",
    prediction: {
      kind: "helix-interactivity",
      ...helix,
      system: "gb300-nvl72",
      kvDtype: "fp8",
      overlapLinks: false,
      gpus: 64,
      context: 2 ** 20,
    },
  },
  {
    name: "helix-users",
    published: 32,
    unit: "x users at the same TPOT",
    tolerance: ofRatio,
    source: { ...helixPaper, where: "abstract and section 3" },
    conditions: `${helixConditions}: the largest ratio of batches, powers of two, over all times a token`,
    leftOut: "the paper's own simulator",
    prediction: { kind: "helix-users", ...helix, gpus: 64, context: 2 ** 20 },
  },
  ...(
    [
      ["128K", 131_072, 3.8],
      ["1M", 2 ** 20, 77],
    ] as const
  ).map(([name, input, published]): SystemTarget => ({
    name: `meta-cp-${name.toLowerCase()}`,
    published,
    unit: "s",
    tolerance: ofSystem,
    source: meta,
    conditions: `Llama 3 405B, ${name} tokens on 128 H100 (16 nodes of 8: TP8 in a node, CP16 across), bf16 attention`,
    leftOut:
      "products are as efficient as on Blackwell; steps of the ring, each with a merge, are one attention kernel here",
    prediction: { kind: "prefill-seconds", ...metaHost, parallel: "tp=8,cp=16", input },
  })),
  {
    name: "trtllm-v3.2-ttft",
    published: 0.426,
    unit: "s",
    tolerance: ofSystem,
    source: trtllm,
    conditions: "DeepSeek-V3.2 NVFP4, B200, TP4, one prompt of 8K",
    leftOut: "sampling, drafting and host work before the first token",
    prediction: { kind: "prefill-seconds", ...v32, parallel: "tp=4,ep=1", input: 8192 },
  },
  {
    name: "trtllm-v3.2-tpot",
    published: 3.2344e-3,
    unit: "s",
    tolerance: ofSystem,
    source: trtllm,
    conditions: "DeepSeek-V3.2 NVFP4, B200, TP4, one sequence of 8K + 512, three drafts (MTP-3)",
    leftOut:
      "fused kernels and several streams at batch 1; DSA modules as measured (116 us a layer at one sequence of 8K) alone take 7.1 of the 8.2 ms of a published step; how many drafts are accepted is not said: .7 each",
    prediction: {
      kind: "tpot-seconds",
      ...v32,
      parallel: "tp=4,ep=1",
      context: 8704,
      drafts: { tokens: 3, acceptance: 0.7 },
    },
  },
  ...deepseekTargets,
  ...inferenceXTargets,
  ...otherTargets,
];

/** The published numbers of these names, with commas between. @throws UsageError for an unknown name */
export const targetsNamed = (names: string): SystemTarget[] =>
  splitList(names).map(
    (name) =>
      targets.find((target) => target.name === name) ??
      unknownName(
        "published number",
        name,
        targets.map((target) => target.name),
      ),
  );
