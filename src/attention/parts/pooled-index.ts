import { attentionFlops, keyValueBytes } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { flat, norm, rowsOf } from "../../core/tensor.ts";
import type { KeyValueCache } from "../cache.ts";
import type { EngineMemory, EngineShape } from "../engine-shape.ts";
import { bestBlocks } from "../mean-field/blocks.ts";
import type { Crowd } from "../mean-field/crowd.ts";
import { pooledScores } from "../mean-field/pooled.ts";
import type { MeanFieldRead } from "../mean-field/reads.ts";
import { withLast } from "../mean-field/reads.ts";
import { indexScores } from "../mean-field/tokens.ts";
import type { Ops } from "../../engines/ops.ts";
import type { AttentionResult } from "../read.ts";
import type { AttendArguments } from "../variant.ts";
import { entriesSeen } from "./compressed.ts";
import type { IndexFormat } from "./index-formats.ts";
import { indexMemory, indexRows } from "./lightning.ts";
import type { IndexerParams, TokenIndex } from "./lightning.ts";
import { listAt } from "./lists.ts";
import { perHead } from "./per-head.ts";
import { tokensSeen, unitsOfBudget } from "./select.ts";
import { softmaxRead } from "./softmax-read.ts";
import { Spans } from "./spans.ts";

// Shared by indexers that keep one small key for each pool of a few tokens. A query chooses whole pools for all heads,
// and also reads the tokens after the last whole pool.

/** Sizes of an index of pools and of what is read by it. */
export interface PooledParams extends IndexerParams {
  /** tokens of a pool */
  readonly pool: number;
  readonly indexDim: number;
}

/** The same format for rows that are first scaled to the root mean square 1, as RMSNorm without weights does. */
export const normalised = (format: IndexFormat): IndexFormat => ({
  bytes: (dim) => format.bytes(dim),
  round(rows, ops) {
    const [count, width] = rows.shape as [number, number];
    for (let row = 0; row < count; row++) {
      const own = flat(rowsOf(rows, row, row + 1));
      const factor = Math.sqrt(width) / (norm(own) || 1);
      for (let c = 0; c < width; c++) own[c]! *= factor;
    }
    format.round(rows, ops);
  },
});

/** Indexes the whole pools of a cache by the mean of their keys. */
export const poolIndex = (
  cache: KeyValueCache,
  { name, pool, indexDim, format }: { name: string; pool: number; indexDim: number; format: IndexFormat },
  ops: Ops,
): TokenIndex =>
  indexRows(
    cache,
    {
      name,
      rows: cache.heads.map(({ keys: { tensor } }) =>
        rowsOf(ops.blockMean(tensor, pool, pool), 0, Math.floor(cache.tokens / pool)),
      ),
      indexDim,
      format,
      unit: pool,
    },
    ops,
  );

/** Pools that a budget of `k` tokens pays for: one at least. */
const poolsOf = ({ k, pool }: Pick<PooledParams, "k" | "pool">): number => unitsOfBudget(k, pool, 1);

/** Attention to the pools that an index ranks highest, the same for all heads, and to the tokens after the last pool. */
export function readPools(
  { queries, cache, index, ops }: AttendArguments<TokenIndex>,
  params: PooledParams,
): AttentionResult {
  const { pool } = params;
  const whole = entriesSeen(tokensSeen(queries), pool);
  const chosen = index.top(queries, whole, { ...params, k: poolsOf(params) }, ops);
  return perHead(queries, cache, (read) => {
    const spans = new Spans(read.visible.length, (i, add) => {
      for (const p of listAt(chosen, Math.floor(i / queries.group))) add(p * pool, (p + 1) * pool);
      add(Math.floor(read.visible[i]! / pool) * pool, read.visible[i]!);
    });
    return softmaxRead({ ...read, spans }, ops);
  });
}

/** Cost of a decode step that reads the best pools and the tokens after the last one. */
export function pooledCost(shape: StepShape, params: PooledParams, format: IndexFormat): StepCost {
  const { tokens, queryHeads } = shape;
  const { pool, indexHeads, indexDim } = params;
  const pools = Math.floor(tokens / pool);
  const read = Math.min(poolsOf(params), pools) * pool + (tokens % pool);
  const indexBytes = pools * format.bytes(indexDim);
  return {
    flops: 2 * pools * indexHeads * indexDim + attentionFlops(shape, read),
    exponentials: read * queryHeads,
    keptBytes: keyValueBytes(shape, tokens),
    indexKeptBytes: indexBytes,
    kvReadBytes: keyValueBytes(shape, read),
    indexReadBytes: indexBytes,
  };
}

/** Memory of an index of one key a pool, and of the pools' mean keys. */
export function pooledMemory(
  { tokens, kvHeads, headDim, asked }: EngineShape,
  { pool, indexDim }: Pick<PooledParams, "pool" | "indexDim">,
): EngineMemory {
  const rows = Math.floor(tokens / pool);
  const { kept, ...index } = indexMemory({ asked }, { rows, indexDim });
  return { ...index, kept: kept + 4 * rows * kvHeads * headDim };
}

/** The mean field of `readPools`. @param isNormalised whether a pool's key has the root mean square 1 */
export function pooledMeanField(
  crowd: Crowd,
  params: PooledParams,
  isNormalised: boolean,
): readonly MeanFieldRead[] {
  const { pool } = params;
  const pools = Math.floor(crowd.tokens / pool);
  const best = bestBlocks(
    crowd,
    { block: pool, k: poolsOf(params), blocks: pools },
    pooledScores(crowd, pool, indexScores(crowd, params), isNormalised),
  );
  return [{ ...withLast(crowd, best, crowd.tokens - pools * pool), shared: true }];
}
