import type { StepCost, StepShape } from "../core/cost.ts";
import { attentionFlops } from "../core/cost.ts";
import { int, real } from "../core/params.ts";
import type { Rows } from "../core/tensor.ts";
import { flat, rowsOf } from "../core/tensor.ts";
import type { RowLists } from "../core/tensor.ts";
import type { Ops, Space, Table } from "../kernels/ops.ts";
import { softmaxRead, SummaryResult, together } from "./result.ts";
import type { Layout, Read } from "./result.ts";
import { unitSpans } from "./select.ts";
import { sinkAndWindow } from "./spans.ts";
import type { HeadResult, KeyValueCache } from "./variant.ts";

// What the two compressed attentions of DeepSeek-V4 share: entries that stand for `pool` tokens, a window of raw tokens
// and a sink logit, in one softmax.

/** K and V of a head's entries. */
export interface Entries {
  readonly keys: Table;
  readonly values: Table;
}

/** Entries that a query may see at its position: those whose tokens are all there, i < floor((t + 1) / pool). */
export const entriesSeen = (visible: Int32Array, pool: number): Int32Array =>
  visible.map((end) => Math.floor(end / pool));

/**
 * Means of the tokens of each entry: with overlap entry i is the mean of tokens [(i - 1) pool, (i + 1) pool), the first
 * of its own alone; without, of its own alone.
 */
const layoutOf = (pool: number, overlap: boolean): Layout =>
  overlap ? { block: 2 * pool, stride: pool, offset: -pool } : { block: pool, stride: pool };

function entryMeans(rows: Rows, space: Space, pool: number, overlap: boolean, ops: Ops): Table["tensor"] {
  const count = Math.floor(rows.shape[0] / pool);
  if (!overlap || count === 0) return ops.blockMean(rows, pool, pool);
  // block i of the overlapping means begins where entry i + 1 does
  const shifted = space.empty(count, rows.shape[1]);
  const first = ops.blockMean(rowsOf(rows, 0, pool), pool, pool);
  flat(rowsOf(shifted, 0, 1)).set(flat(first));
  if (count > 1) {
    const means = ops.blockMean(rows, 2 * pool, pool);
    flat(rowsOf(shifted, 1, count)).set(flat(rowsOf(means, 0, count - 1)));
  }
  return shifted;
}

/** The entries of every head. @param record bytes of an entry, one for all heads, key and value at once */
export const entriesOf = (
  { heads }: KeyValueCache,
  { pool, overlap, record }: { pool: number; overlap: boolean; record: number },
  ops: Ops,
): Entries[] =>
  heads.map(({ space, keys, values }) => ({
    keys: {
      tensor: entryMeans(keys.tensor, space, pool, overlap, ops),
      kind: "kv",
      rowBytes: record / heads.length,
    },
    values: { tensor: entryMeans(values.tensor, space, pool, overlap, ops), kind: "kv", rowBytes: 0 },
  }));

/**
 * One softmax over entries, the window's raw tokens and the sink. A raw token is kept as such a record too.
 *
 * @param chosen entries that each query reads, for its whole group; every visible one when absent
 */
export function readCompressed(
  read: Read,
  entries: Entries,
  {
    pool,
    overlap,
    window,
    sink,
    group,
  }: { pool: number; overlap: boolean; window: number; sink: number; group: number },
  ops: Ops,
  chosen?: RowLists,
): HeadResult {
  const visible = entriesSeen(read.visible, pool);
  const own = { ...read, sinkLogit: undefined };
  const summaries = new SummaryResult(
    softmaxRead(
      { ...own, ...entries, visible, ...(chosen && { spans: unitSpans(chosen, 1, visible, group) }) },
      ops,
    ),
    layoutOf(pool, overlap),
  );
  const raw = softmaxRead(
    {
      ...own,
      keys: { ...own.keys, rowBytes: entries.keys.rowBytes },
      values: { ...own.values, rowBytes: 0 },
      spans: sinkAndWindow(read.visible, 0, window),
    },
    ops,
  );
  // a sink that the queries bring along stands beside the variant's own
  const both = read.sinkLogit === undefined ? sink : Math.log(Math.exp(sink) + Math.exp(read.sinkLogit));
  return together([summaries, raw], (i) => [summaries.logSum(i), raw.logSum(i)], both);
}

/** A decode step that reads `chosen` entries and the window. */
export function compressedCost(
  shape: StepShape,
  { pool, window, record }: { pool: number; window: number; record: number },
  chosen: number,
): StepCost {
  const { tokens, queryHeads } = shape;
  const raw = Math.min(window, tokens);
  const read = chosen + raw;
  return {
    flops: attentionFlops(shape, read),
    exponentials: read * queryHeads,
    keptBytes: (Math.floor(tokens / pool) + raw) * record,
    indexKeptBytes: 0,
    kvReadBytes: read * record,
    indexReadBytes: 0,
  };
}

export const windowParam = int("last tokens that are read as they are, the query's own included", {
  default: 128,
  min: 1,
  sweep: [128, 512, 2048],
});

export const sinkParam = real("logit of the sink, which is learned for each head in the source", {
  default: 0,
  min: -1000,
  max: 1000,
});

export const recordParam = int(
  "bytes of an entry or raw token, key and value at once: 448 in FP8, 7 scales and a spare, 64 rotary numbers in bf16",
  { default: 584, min: 1 },
);
