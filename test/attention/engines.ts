import type { Ops } from "../../src/kernels/ops.ts";
import { referenceEngine } from "../../src/kernels/reference.ts";
import { wasmEngine } from "../../src/kernels/wasm/engine.ts";

/** Every engine, how to make it, and how far its outputs may be from the truth. */
export const engines = (): [name: string, make: () => Ops, tolerance: number][] => [
  ["reference", referenceEngine, 1e-6],
  ["wasm", () => wasmEngine({ threads: 2, fanOutAbove: 1000 }), 2e-5],
];
