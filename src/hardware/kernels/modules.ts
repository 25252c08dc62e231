import type { KvDtype } from "../../core/dtype.ts";
import { hidden, overhead } from "../constants/constants.ts";
import type { Precision } from "./dtypes.ts";
import { gemm } from "./gemm.ts";
import type { Machine } from "./machine.ts";
import { kernelTime } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";

/** A matrix: rows x columns of the product [m, rows] x [rows, columns]. */
export type WeightMatrix = readonly [rows: number, columns: number];

/** Dimensions that every attention module of a layer has, on one GPU. */
export interface ModuleDims {
  readonly hidden: number;
  /** on this GPU */
  readonly queryHeads: number;
  /** further GPUs that share the output projection of these heads; 1 by default */
  readonly outputRanks?: number;
}

/** An attention module of a layer on one GPU: its dimensions, and the types that it is stored in. */
export interface ModuleShape extends ModuleDims {
  /** precision of the projections */
  readonly weights: Precision;
  readonly kvDtype: KvDtype;
}

/** Small kernels of a module between its products: norms, rope, quantisation, writes to the cache. */
export const glueKernel = {
  name: "glue",
  constants: {
    overhead: overhead(10e-6, "of all small kernels of a module"),
    memory: hidden(0.5, "of HBM bandwidth, over the activations that pass between products; above 1 in L2"),
  },
} as const;

/** Time of the small kernels of a module, which read and write each activation in bf16. */
export function glue(machine: Machine, module: string, precision: string, activations: number): OperatorTime {
  const c = machine.constants(glueKernel, `${module} ${precision}`);
  const bytes = 4 * activations;
  const memory = bytes / (machine.system.gpu.hbmBandwidth.value * c.memory);
  return kernelTime("norms, rope, cache writes", c.overhead + memory, [
    { what: "HBM", seconds: memory, amount: bytes, unit: "B" },
    { what: "overhead", seconds: c.overhead },
  ]);
}

/** Times of the products of `m` rows with each of the matrices. */
export const projections = (
  machine: Machine,
  m: number,
  dtype: Precision,
  matrices: readonly WeightMatrix[],
): OperatorTime[] => matrices.map(([k, n]) => gemm(machine, { m, n, k, dtype }));

/** Numbers that pass in and out of products. */
export const activationsOf = (m: number, matrices: readonly WeightMatrix[]): number =>
  m * matrices.reduce((sum, [k, n]) => sum + k + n, 0);
