import type { Ops } from "../../src/kernels/ops.ts";
import { referenceEngine } from "../../src/kernels/reference.ts";

/** Every engine, how to make it, and how far its outputs may be from the truth; the reference first. */
export const engines = (): [name: string, make: () => Ops, tolerance: number][] => [
  ["reference", referenceEngine, 1e-6],
];
