import type { Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "../engines/ops.ts";
import type { Spans } from "./parts/spans.ts";

/** A read: one look of a kv head's queries at rows of a table. Query rows are those of `Queries.heads`: (Q G). */
export interface Read {
  /** (Q G, d) */
  readonly queries: Tensor;
  readonly keys: Table;
  readonly values: Table;
  readonly scale: number;
  /** (Q G) query row i sees the rows [0, visible[i]) */
  readonly visible: Int32Array;
  /** rows that each query reads; default: all visible ones */
  readonly spans?: Spans;
  /** logit of a sink, which takes part in the softmax and has no value */
  readonly sinkLogit?: number | undefined;
  /** turns scores into weights, in place of a softmax */
  readonly rule?: WeightRule | undefined;
}

/** Weights by another rule than a softmax; it may ask for softmax reads of its own. */
export type WeightRule = (read: Read, ops: Ops) => SummedResult;

/** Result of one kv head's read. Query rows are those of `Queries.heads`: (Q G). */
export interface HeadResult {
  /** (Q G, d) */
  readonly output: Tensor;
  /** Rows that query row i reads: tokens' own K and V, or summaries that stand for tokens. */
  tokensRead(i: number): number;
  /** Whether query row i reads this token's own K and V; a summary of it does not count. */
  reads(i: number, row: number): boolean;
  /**
   * Weight of query row i on each of these tokens; the tokens of a summary share its weight equally. Weights are at
   * least 0 and have the sum 1 (less than 1 beside a sink) unless the variant is `notConvex`.
   */
  weights(i: number, rows: ArrayLike<number>): Float64Array;
  /** Entropy in nats of query row i's weights, of their absolute values if they are signed; NaN if it is not known. */
  entropy(i: number): number;
}

/** Result of a softmax, which can be a part of a softmax over several tables. */
export interface SummedResult extends HeadResult {
  /** ln of the sum of exp(score) of query row i; -Infinity if it reads nothing. */
  logSum(i: number): number;
}

/** Results of every kv head. */
export interface AttentionResult {
  readonly heads: readonly HeadResult[];
}
