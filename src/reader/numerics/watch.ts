import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import type { AttentionResult } from "../../attention/read.ts";
import type { Projections } from "../reading.ts";

/** One read of a batch of queries, while its keys are in memory. */
export interface BatchLook {
  readonly cache: KeyValueCache;
  readonly queries: Queries;
  readonly result: AttentionResult;
  /** for each query the positions that it should read; undefined for a query that is counted and not looked at */
  readonly gold: readonly (ArrayLike<number> | undefined)[];
  /** number of reads that the result stands for; default: 1 */
  readonly times?: number;
  /** which of the reads of this batch it is, from 0; default: 0 */
  readonly read?: number;
  /** Names a query of the batch: what it asks for. */
  readonly nameOf: (query: number) => string;
}

/** Someone who looks at a mechanism while it reads. */
export interface ReadWatch {
  /** Is told what a batch of queries saw. */
  saw(look: BatchLook): void;
  /** Is told the answers to the latest batch, query by query, and how to name a candidate. */
  answered?(answers: readonly Projections[], nameOf: (candidate: number) => string): void;
}
