import { rowsWithin } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { Empty } from "../spaces.ts";
import type { Runtime } from "./runtime.ts";

/** Sizes of the blocks that a call is cut into. */
export interface OrtLimits {
  /** fewest queries for which ONNX Runtime is faster than the engine that owns the memory */
  readonly fewest: number;
  /** numbers of a table out of reach that are copied at a time */
  readonly copied: number;
  /** scores that are alive at a time */
  readonly scores: number;
  /** queries that share a block of keys */
  readonly queries: number;
}

/**
 * 8 MiB of a copy, which stays in the caches until it is read, and 8 MiB of scores for the same reason. With few
 * queries a causal block does little work beyond the diagonal.
 */
export const defaultLimits: OrtLimits = { fewest: 4, copied: 2 ** 21, scores: 2 ** 21, queries: 256 };

/** Arguments of every kernel. */
export interface OrtContext {
  readonly runtime: Runtime;
  readonly limits: OrtLimits;
  readonly empty: Empty;
}

/** Rows of a table that are worked on at a time: all of them if they need not be copied. */
export const rowsAtOnce = ({ runtime, limits }: OrtContext, table: Operand): number =>
  runtime.reaches(table.data) ? Math.max(1, table.rows) : rowsWithin(limits.copied, table.width);
