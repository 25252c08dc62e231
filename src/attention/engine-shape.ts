import type { StepShape } from "../core/cost.ts";

/** A cache in an engine's memory, and the queries that are asked together. */
export interface EngineShape extends StepShape {
  /** query rows of a kv head */
  readonly asked: number;
}

/** Bytes that an engine which computes in float32 takes for a variant, beside K and V. */
export interface EngineMemory {
  /** index and copies of all heads, which stay while queries are read; default: 4 for each byte of the cost's index */
  readonly kept?: number;
  /** scores in the space of each kv head, which are given back; default: 0 */
  readonly scores?: number;
  /** scratch that no head has for itself; default: 0 */
  readonly scratch?: number;
}
