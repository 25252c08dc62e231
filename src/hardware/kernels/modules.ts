import type { KvDtype } from "../../core/dtype.ts";
import { hidden, overhead } from "../constants/constants.ts";
import type { Precision } from "./dtypes.ts";
import { gemm } from "./gemm.ts";
import type { Machine } from "./machine.ts";
import { kernelTime } from "./time.ts";
import type { OperatorTime } from "./time.ts";

/** What every attention module of a layer has: its heads on one GPU, and what it is stored as. */
export interface ModuleShape {
  readonly hidden: number;
  /** on this GPU */
  readonly queryHeads: number;
  /** further GPUs that share the output projection of these heads; 1 where absent */
  readonly outputRanks?: number;
  /** what the projections multiply in */
  readonly weights: Precision;
  readonly kvDtype: KvDtype;
}

/** What a module does between its products: norms, rope, quantisation, writes to the cache. */
export const glueKernel = {
  name: "glue",
  constants: {
    overhead: overhead(10e-6, "of all small kernels of a module"),
    memory: hidden(0.5, "of HBM bandwidth, over the activations that pass between products; above 1 in L2"),
  },
} as const;

/** Small kernels of a module over so many numbers of activations, each read and written in bf16. */
export function glue(machine: Machine, module: string, precision: string, activations: number): OperatorTime {
  const c = machine.constants(glueKernel, `${module} ${precision}`);
  const bytes = 4 * activations;
  const memory = bytes / (machine.system.gpu.hbmBandwidth.value * c.memory);
  return kernelTime("norms, rope, cache writes", c.overhead + memory, [
    { what: "HBM", seconds: memory, amount: bytes, unit: "B" },
    { what: "overhead", seconds: c.overhead },
  ]);
}

/** Products of the same rows with several matrices, each [k, n]. */
export const projections = (
  machine: Machine,
  m: number,
  dtype: Precision,
  matrices: readonly (readonly [k: number, n: number])[],
): OperatorTime[] =>
  matrices.filter(([k, n]) => k * n > 0).map(([k, n]) => gemm(machine, { m, n, k, dtype }));

/** Numbers that pass in and out of products. */
export const activationsOf = (m: number, matrices: readonly (readonly [number, number])[]): number =>
  m * matrices.reduce((sum, [k, n]) => sum + k + n, 0);
