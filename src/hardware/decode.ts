import type { StepCost } from "../core/cost.ts";
import type { KvDtype } from "../core/dtype.ts";
import { fetchSeconds } from "./memory.ts";
import { attentionLayer } from "./layers/attention.ts";
import type { Model } from "./model.ts";
import { parametersOf, weightBytesRead } from "./parameters.ts";
import type { WeightDtype } from "./kernels/dtypes.ts";
import { neededOf } from "./system.ts";
import type { System } from "./system.ts";

/** Where the time of a decode step goes. */
export interface DecodeStep {
  /** bytes that the rack reads from HBM in a step: weights once, each user's cache and index */
  readonly weightBytes: number;
  readonly cacheBytes: number;
  readonly flops: number;
  readonly hbmSeconds: number;
  readonly computeSeconds: number;
  /** fetching rows from the host processors' memory, beside the work of the GPUs */
  readonly farSeconds: number;
  readonly linkSeconds: number;
  readonly seconds: number;
  /** FLOP per byte read from HBM */
  readonly intensity: number;
  readonly tokensPerSecondPerUser: number;
  readonly tokensPerSecondPerGpu: number;
}

// NVFP4 caches are widened to FP8 before attention:
// https://developer.nvidia.com/blog/optimizing-inference-for-long-context-and-large-batch-sizes-with-nvfp4-kv-cache
const attentionRate = { f32: "bf16", bf16: "bf16", fp8: "fp8", nvfp4: "fp8", kivi2: "bf16" } as const;
const weightRate = { bf16: "gpu.bf16", fp8: "gpu.fp8", nvfp4: "gpu.fp4" } as const;

/**
 * Seconds on NVLink in a step: per layer an all-to-all of the heads' outputs, M = users Hq dv 2 B, and two
 * all-reduces of the hidden states, 2 users h 2 B each; of n GPUs each sends (n - 1)/n of that, and no exchange
 * is shorter than the system's least.
 */
export function linkSeconds(system: System, model: Model, users: number): number {
  const gpus = system.gpus.value;
  if (gpus === 1) return 0;
  const why = `links among ${gpus} GPUs`;
  const nvlink = neededOf(system, "gpu.nvlink", why);
  const collective = neededOf(system, "collective", why);
  const hidden = users * model.hidden.value * 2;
  return model.attention.reduce((sum, group) => {
    const outputs = users * attentionLayer(group).outputWidth * 2;
    const bytes = (outputs + 2 * 2 * hidden) * ((gpus - 1) / gpus);
    return sum + group.layers.value * (bytes / nvlink.value + 3 * collective.value);
  }, 0);
}

export interface DecodeSetting {
  readonly system: System;
  readonly model: Model;
  readonly weights: WeightDtype;
  readonly kvDtype: KvDtype;
  readonly users: number;
}

/**
 * The roofline of one decode step of a rack, which budgets are held to: a lower bound, whatever the division. (What a
 * division of a model takes, kernel by kernel, says pass/pass.ts.) Each user decodes one token a step; weights, caches
 * and work spread evenly over all GPUs of the rack; step = max(HBM time, arithmetic time) + link time, all at peak rates.
 * Attention multiplies in the cache's dtype (f32 and kivi2 at the bf16 rate, nvfp4 at the fp8 rate, to which they are
 * widened). Links, per layer: an exchange of the heads' outputs and two all-reduces of the hidden states, bf16, none
 * overlapped.
 *
 * @param cost of all layers for one user, at the users' length
 */
export function decodeStep(setting: DecodeSetting, cost: StepCost): DecodeStep {
  const { system, model, weights, kvDtype, users } = setting;
  const { gpu } = system;
  const gpus = system.gpus.value;

  const weightBytes = weightBytesRead(model, weights, users);
  const { kvReadBytes, indexReadBytes, stateBytes = 0, farReadBytes = 0 } = cost;
  // a state is read and written
  const cacheBytes = users * (kvReadBytes - farReadBytes + indexReadBytes + 2 * stateBytes);
  const farSeconds = fetchSeconds(system, cost, users);
  const attention = users * cost.flops;
  const products = users * 2 * parametersOf(model).active;

  const hbmSeconds = (weightBytes + cacheBytes) / (gpus * gpu.hbmBandwidth.value);
  const computeSeconds =
    (attention / gpu[attentionRate[kvDtype]].value +
      products / neededOf(system, weightRate[weights], `weights in ${weights}`).value) /
    gpus;
  const link = linkSeconds(system, model, users);
  const seconds = Math.max(hbmSeconds, computeSeconds, farSeconds) + link;
  return {
    weightBytes,
    cacheBytes,
    flops: attention + products,
    hbmSeconds,
    computeSeconds,
    farSeconds,
    linkSeconds: link,
    seconds,
    intensity: (attention + products) / (weightBytes + cacheBytes),
    tokensPerSecondPerUser: 1 / seconds,
    tokensPerSecondPerGpu: users / seconds / gpus,
  };
}
