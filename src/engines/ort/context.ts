import { rowsWithin } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { Empty } from "../spaces.ts";
import type { Runtime } from "./runtime.ts";

/** Sizes of the blocks that a call is cut into. */
export interface OrtLimits {
  /** queries from which on ONNX Runtime is faster than the engine that owns the memory */
  readonly fewest: number;
  /** numbers of a table that are copied at a time where it is out of reach */
  readonly copied: number;
  /** scores that are alive at a time */
  readonly scores: number;
  /** queries that share a block of keys */
  readonly queries: number;
}

/**
 * 8 MiB of a copy, which stays in the caches until it is read; 8 MiB of scores, likewise; so few queries that a causal
 * block does little beyond the diagonal.
 */
export const defaultLimits: OrtLimits = { fewest: 4, copied: 2 ** 21, scores: 2 ** 21, queries: 256 };

/** What every kernel is given. */
export interface OrtContext {
  readonly runtime: Runtime;
  readonly limits: OrtLimits;
  readonly empty: Empty;
}

/** How many rows of a table are worked on at a time: all of them where they need not be copied. */
export const rowsAtOnce = ({ runtime, limits }: OrtContext, table: Operand): number =>
  runtime.reaches(table.data) ? Math.max(1, table.rows) : rowsWithin(limits.copied, table.width);
