import type { StepCost } from "../core/cost.ts";
import type { Model } from "./model.ts";
import { weightBytes } from "./parameters.ts";
import type { WeightDtype } from "./kernels/dtypes.ts";
import { hostBandwidth, neededOf } from "./system.ts";
import type { System } from "./system.ts";

/** How a rack is taken to be divided; printed with every answer. */
export const memoryAssumptions: readonly string[] = [
  "one copy of the weights in the rack, sharded over its GPUs (tensor and expert parallel)",
  "every user's cache sharded over all GPUs of the rack (KV parallel), in HBM but for what a placement puts in the processors' memory",
  "a share of usable HBM, less activations and NCCL buffers, on every GPU (reserved.* of `hardware show`)",
  "embeddings and output head in bf16, all other weights in the weight dtype",
];

/** Bytes of one user's cache in all layers. */
interface UserBytes {
  /** K and V in HBM */
  readonly kept: number;
  readonly indexKept: number;
  /** recurrent states */
  readonly state: number;
  /** all in HBM */
  readonly total: number;
  /** K and V in the host processors' memory */
  readonly far: number;
}

/** @param cost of all layers at the user's length */
export function userBytes(cost: StepCost): UserBytes {
  const { keptBytes, indexKeptBytes, stateBytes = 0, farKeptBytes = 0 } = cost;
  const kept = keptBytes - farKeptBytes;
  const total = kept + indexKeptBytes + stateBytes;
  return { kept, indexKept: indexKeptBytes, state: stateBytes, total, far: farKeptBytes };
}

/** HBM of a GPU that a server plans with, for weights and caches, B. */
export function plannedHbm({ gpu, reserved }: System): number {
  const { share, activations, collectives } = reserved;
  return share.value * gpu.hbm.value - activations.value - collectives.value;
}

/** HBM of the rack that is left for caches, in bytes; negative where the weights do not fit. */
export const cacheBytes = (system: System, model: Model, weights: WeightDtype): number =>
  system.gpus.value * plannedHbm(system) - weightBytes(model, weights);

/** Memory of all host processors. @throws UsageError where the system has none that its GPUs reach */
function hostMemory(system: System): number {
  const { processors, memory } = neededOf(system, "host", "a placement in the host's memory");
  return processors.value * memory.value;
}

/** Seconds in which the rack's GPUs fetch the rows that a step of so many users reads from the host's memory. */
export const fetchSeconds = (system: System, { farReadBytes = 0 }: StepCost, users: number): number =>
  farReadBytes > 0 ? (users * farReadBytes) / (system.gpus.value * hostBandwidth(system)) : 0;

/** Users of a rack, as its memory bounds them. */
export interface MemoryFit {
  readonly user: UserBytes;
  /** HBM of the rack left for caches, B */
  readonly available: number;
  /** memory of the host processors for caches, B; 0 where no cache lies there */
  readonly hostAvailable: number;
  /** users who fit the rack at once */
  readonly usersPerRack: number;
  readonly usersPerGpu: number;
}

/** @param cost of all layers for one user, at the users' length */
export function memoryFit(system: System, model: Model, weights: WeightDtype, cost: StepCost): MemoryFit {
  const user = userBytes(cost);
  const available = cacheBytes(system, model, weights);
  const hostAvailable = user.far > 0 ? hostMemory(system) : 0;
  const usersPerRack = Math.max(
    0,
    Math.floor(
      user.far > 0 ? Math.min(available / user.total, hostAvailable / user.far) : available / user.total,
    ),
  );
  return { user, available, hostAvailable, usersPerRack, usersPerGpu: usersPerRack / system.gpus.value };
}

/** Bytes that the caches of `users` users lack in HBM and in the host processors' memory; 0 where they fit. */
export const shortage = (
  { user, available, hostAvailable }: MemoryFit,
  users: number,
): { readonly hbm: number; readonly host: number } => ({
  hbm: Math.max(0, users * user.total - available),
  host: Math.max(0, users * user.far - hostAvailable),
});
