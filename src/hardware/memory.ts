import { neededOf } from "./system.ts";
import type { System } from "./system.ts";

/** HBM of a GPU that a server plans with, for weights and caches, B. */
export function plannedHbm({ gpu, reserved }: System): number {
  const { share, activations, collectives } = reserved;
  return share.value * gpu.hbm.value - activations.value - collectives.value;
}

/** Memory of all host processors, B. @throws UsageError for a system without memory that its GPUs reach */
export function hostMemory(system: System): number {
  const { processors, memory } = neededOf(system, "host", "a placement in the host's memory");
  return processors.value * memory.value;
}
