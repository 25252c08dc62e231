import type { Ops } from "../../src/engines/ops.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { outputError, sumError } from "../../src/engines/tolerance.ts";
import type { FloatType } from "../../src/engines/tolerance.ts";
import { wasmEngine } from "../../src/engines/wasm/load.ts";

/** For worlds of 16 dimensions and a few hundred tokens: terms of a score add up to 10, values stay below 5. */
const tolerance = (precision: FloatType): number =>
  outputError({ scoreError: sumError(16, 10, precision), rows: 301, precision }, 5);

/** Every engine, how to make it, and how far its outputs and weights may be from the truth. */
export const engines: readonly [name: string, make: () => Ops, tolerance: number][] = [
  ["reference", referenceEngine, tolerance("f64")],
  ["wasm", () => wasmEngine({ threads: 2, fanOutAbove: 1000 }), tolerance("f32")],
];
