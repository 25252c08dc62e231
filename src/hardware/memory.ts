import type { StepCost } from "../core/cost.ts";
import { formatBytes, from } from "../core/units.ts";
import type { Model } from "./model.ts";
import { weightBytes } from "./parameters.ts";
import type { WeightDtype } from "./parameters.ts";
import type { System } from "./system.ts";

const aic = from({
  title: "AIConfigurator, systems/gb200.yaml",
  url: "https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/systems/gb200.yaml",
});

/** What a GPU's HBM is taken up with beside weights and cache. */
export const reserved = {
  /** share of the usable HBM that a server plans with */
  share: from({
    title: "TensorRT-LLM, how to change KV cache behavior",
    url: "https://nvidia.github.io/TensorRT-LLM/examples/kvcacheconfig.html",
  })(0.9, "1", { where: "free_gpu_memory_fraction, default", note: "applied here to all usable HBM" }),
  activations: aic(3_758_096_384, "B", {
    where: "misc.other_mem",
    note: "activations and workspace, per GPU",
  }),
  collectives: aic(411_041_792, "B", { where: "misc.nccl_mem, 8 GPUs", note: "NCCL buffers, per GPU" }),
};

/** How a rack is taken to be divided; printed with every answer. */
export const memoryAssumptions: readonly string[] = [
  "one copy of the weights in the rack, sharded over its GPUs (tensor and expert parallel)",
  "every user's cache sharded over all GPUs of the rack (KV parallel), in HBM but for what a placement puts in the processors' memory",
  `${reserved.share.value} of usable HBM, less activations (${formatBytes(reserved.activations.value)}) and NCCL buffers (${formatBytes(reserved.collectives.value)}) on every GPU`,
  "embeddings and output head in bf16, all other weights in the weight dtype",
];

/** Bytes of one user's cache in all layers. */
interface UserBytes {
  /** K, V and recurrent states in HBM */
  readonly kept: number;
  readonly indexKept: number;
  /** all in HBM */
  readonly total: number;
  /** K and V in the host processors' memory */
  readonly far: number;
}

/** @param cost of all layers at the user's length */
export function userBytes(cost: StepCost): UserBytes {
  const { keptBytes, indexKeptBytes, stateBytes = 0, farKeptBytes = 0 } = cost;
  const kept = keptBytes - farKeptBytes + stateBytes;
  return { kept, indexKept: indexKeptBytes, total: kept + indexKeptBytes, far: farKeptBytes };
}

/** HBM of the rack that is left for caches, in bytes; negative where the weights do not fit. */
export function cacheBytes(system: System, model: Model, weights: WeightDtype): number {
  const perGpu =
    reserved.share.value * system.gpu.hbm.value - reserved.activations.value - reserved.collectives.value;
  return system.gpus.value * perGpu - weightBytes(model, weights);
}

export interface MemoryFit {
  readonly user: UserBytes;
  /** HBM of the rack left for caches, B */
  readonly available: number;
  /** how many users fit the rack at once */
  readonly usersPerRack: number;
  readonly usersPerGpu: number;
  /** HBM that the asked number of users lacks in the rack, B; 0 where they fit */
  readonly short: number;
  /** memory of the host processors that they lack, B */
  readonly farShort: number;
}

/**
 * How many users fit a rack, and what is short for `users` of them.
 *
 * @param cost of all layers for one user, at the users' length
 */
export function memoryFit(
  system: System,
  model: Model,
  weights: WeightDtype,
  cost: StepCost,
  users = 1,
): MemoryFit {
  const user = userBytes(cost);
  const available = cacheBytes(system, model, weights);
  const host = system.host.processors.value * system.host.memory.value;
  const usersPerRack = Math.max(0, Math.floor(Math.min(available / user.total, host / user.far)));
  return {
    user,
    available,
    usersPerRack,
    usersPerGpu: usersPerRack / system.gpus.value,
    short: Math.max(0, users * user.total - available),
    farShort: Math.max(0, users * user.far - host),
  };
}
