import type { Quantity } from "../core/units.ts";
import { from } from "../core/units.ts";
import { attentionLayer } from "./layers/attention.ts";
import { feedForwardLayer } from "./layers/feed-forward.ts";
import { expertsOf } from "./model.ts";
import type { Model } from "./model.ts";
import type { Parallelism } from "./parallelism.ts";
import { neededOf } from "./system.ts";
import type { System } from "./system.ts";

/** Limits that a server is started with. Memory is set aside for them. */
export interface ServerLimits {
  /** most prompt tokens of a group of GPUs in a pass; 0 for replicas that decode alone */
  readonly chunkTokens: number;
  /** tokens drafted before each step */
  readonly draftTokens: number;
}

const aic = from({
  title: "AIConfigurator, sdk/backends/trtllm_backend.py",
  url: "https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/sdk/backends/trtllm_backend.py",
});

/** Limits of a server that is started without any. */
export const usualLimits: ServerLimits = {
  chunkTokens: aic(8192, "1", { where: "TRTLLM_DEFAULT_MAX_NUM_TOKENS" }).value,
  draftTokens: 0,
};

/** Activations alive at once, as a multiple of the width of the hidden states, by the GPUs that share heads. */
const activationWidths = {
  dense: { 1: 11, 2: 6.5, 4: 5 },
  mixture: { 1: 22, 2: 13, 4: 10 },
} as const;

/** Least memory for activations. */
const leastActivations = from({
  title: "AIConfigurator, sdk/backends/base_backend.py",
  url: "https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/sdk/backends/base_backend.py",
})(70 * 2 ** 20, "B", { where: "MIN_ACTIVATION_BYTES" });

/** Tokens of a page of the cache. */
export const pageTokens = from({
  title: "TensorRT-LLM, KvCacheConfig",
  url: "https://nvidia.github.io/TensorRT-LLM/llm-api/reference.html",
})(32, "1", { where: "tokens_per_block, default" });

/** Bytes of CUDA graphs for each sequence of the largest batch. */
const graphBytes = from({
  title: "SGLang, server_args.py",
  url: "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/server_args.py",
})(2 * 2 ** 20, "B", { where: "mem_fraction_static: cuda_graph_max_bs * 2 MB" });

/** Bytes of each logit of a sequence that decodes: bf16 from the product, float32 and a float32 probability. */
const logitBytes = from({
  title: "vLLM, v1/sample/sampler.py",
  url: "https://github.com/vllm-project/vllm/blob/main/vllm/v1/sample/sampler.py",
})(2 + 4 + 4, "B", { where: "logits.to(float32), compute_probs" });

/** Memory of a part of a server's work on one GPU, with its formula and source. */
export interface WorkingPart {
  readonly part: string;
  readonly bytes: number;
  readonly how: string;
}

const cited = ({ source: { title, where } }: Quantity): string =>
  [title, where].filter((part) => part !== undefined).join(", ");

/** Bytes of each token that a GPU computes, with their formula and source. */
interface TokenBytes {
  readonly bytes: number;
  readonly how: string;
}

/**
 * Activations of a token: 2 c h bytes, h the wider of the hidden states and the queries of grouped attention. The multiples
 * c were tuned to TensorRT-LLM by AIConfigurator (ACTIVATION_COEFFICIENTS, families LLAMA and MOE).
 */
function activations(model: Model, { tp }: Parallelism): TokenBytes {
  const widths = activationWidths[expertsOf(model).length > 0 ? "mixture" : "dense"];
  const multiple = widths[tp >= 4 ? 4 : tp >= 2 ? 2 : 1];
  const width = Math.max(model.hidden.value, ...model.attention.map(groupedWidth));
  return {
    bytes: 2 * width * multiple,
    how: `2 x ${width} x ${multiple} B: AIConfigurator, trtllm_backend.py, ACTIVATION_COEFFICIENTS`,
  };
}

/** Width of the queries of a layer that caches heads; 0 for a layer that caches records or states. */
function groupedWidth(group: Model["attention"][number]): number {
  const { kvHeads, reachesAll, outputWidth } = attentionLayer(group);
  return kvHeads > 1 && reachesAll ? outputWidth : 0;
}

/**
 * Buffers of experts' exchanges for a token of a group, in which a GPU gets the tokens of every other: its hidden state in
 * bf16 twice (sent and summed), and number and weight of each of its experts. Nothing if groups have no tokens of their own.
 */
function exchangeBuffers(model: Model, { tp, dp, cp, ep }: Parallelism): TokenBytes {
  const perToken = Math.max(
    0,
    ...model.feedForward.map((group) => {
      const { experts, activeShare } = feedForwardLayer(group);
      return experts * activeShare;
    }),
  );
  const exchanged = dp * cp > 1 && perToken > 0;
  return {
    bytes: exchanged ? (ep / tp) * (4 * model.hidden.value + 8 * perToken) : 0,
    how: `${ep} GPUs / ${tp} x (4 x ${model.hidden.value} + 8 x ${perToken}) B: TensorRT-LLM, distributed/moe_alltoall.py, calculate_required_workspace_size`,
  };
}

/** Memory on one GPU for the prompts of a pass, which a server sets aside before caches. */
export function passMemory(model: Model, parallel: Parallelism, limits: ServerLimits): WorkingPart[] {
  const tokens = limits.chunkTokens / parallel.cp;
  const part = (name: string, least: number, { bytes, how }: TokenBytes): WorkingPart => ({
    part: name,
    bytes: Math.max(least, tokens * bytes),
    how: `${tokens} tokens of a pass x ${how}`,
  });
  return [
    part("activations", leastActivations.value, activations(model, parallel)),
    part("expert exchange", 0, exchangeBuffers(model, parallel)),
  ];
}

/** Memory on one GPU for each sequence of its group that decodes, which lies in the memory that caches leave free. */
export function sequenceMemory(
  model: Model,
  parallel: Parallelism,
  { draftTokens }: ServerLimits,
): WorkingPart[] {
  const tokens = 1 + draftTokens;
  const exchange = exchangeBuffers(model, parallel);
  return [
    {
      part: "logits a user",
      bytes: tokens * model.vocabulary.value * logitBytes.value,
      how: `${tokens} x ${model.vocabulary.value} logits of ${logitBytes.value} B: ${cited(logitBytes)}`,
    },
    { part: "CUDA graphs a user", bytes: graphBytes.value, how: cited(graphBytes) },
    {
      part: "activations a user",
      bytes: tokens * activations(model, parallel).bytes,
      how: `${tokens} tokens x ${activations(model, parallel).how}`,
    },
    ...(exchange.bytes > 0
      ? [
          {
            part: "expert exchange a user",
            bytes: tokens * exchange.bytes,
            how: `${tokens} tokens x ${exchange.how}`,
          },
        ]
      : []),
  ];
}

/** Memory of all host processors, B. @throws UsageError for a system without memory that its GPUs reach */
export function hostMemory(system: System): number {
  const { processors, memory } = neededOf(system, "host", "a placement in the host's memory");
  return processors.value * memory.value;
}
