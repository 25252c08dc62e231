import { attentionFlops } from "../../core/cost.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { int, real } from "../../core/params.ts";
import { compressedRecord } from "../../core/record.ts";
import type { RowLists } from "../../core/tensor.ts";
import type { Ops, Table } from "../../engines/ops.ts";
import type { KeyValueCache } from "../cache.ts";
import type { Read, HeadResult } from "../read.ts";
import { together } from "./mixtures.ts";
import { Pools } from "./pooling.ts";
import type { Pooling } from "./pooling.ts";
import { unitSpans } from "./select.ts";
import { softmaxRead } from "./softmax-read.ts";
import { sinkAndWindow } from "./spans.ts";
import { SummaryResult } from "./summaries.ts";

// Shared by the two compressed attentions of DeepSeek-V4: entries that stand for `pool` tokens, a window of raw tokens
// and a sink logit, in one softmax.

/** K and V of a head's entries. */
export interface Entries {
  readonly pools: Pools;
  readonly keys: Table;
  readonly values: Table;
}

/** Entries that a query sees: those whose tokens all lie up to its position, i < floor((t + 1) / pool). */
export const entriesSeen = (visible: Int32Array, pool: number): Int32Array =>
  visible.map((end) => Math.floor(end / pool));

/** Makes the entries of every head. @param width numbers of an entry, for all heads and for key and value together */
export function entriesOf(
  { heads, spanEnds, bytesPerElement }: KeyValueCache,
  { width, ...pooling }: Pooling & { readonly width: number },
  ops: Ops,
): Entries[] {
  const record = compressedRecord(width, bytesPerElement);
  const pools = new Pools(pooling, spanEnds);
  return heads.map(({ space, keys, values }) => ({
    pools,
    keys: {
      tensor: pools.entries(keys.tensor, space, ops),
      kind: "kv",
      rowBytes: record / heads.length,
    },
    values: { tensor: pools.entries(values.tensor, space, ops), kind: "kv", rowBytes: 0 },
  }));
}

interface CompressedRead {
  readonly pool: number;
  readonly window: number;
  readonly sink: number;
  /** query heads of a kv head, which share a choice */
  readonly group: number;
  /** entries that each query reads; default: all visible ones */
  readonly chosen?: RowLists;
}

/**
 * One softmax over entries, the window's raw tokens and the sink. A raw token is kept as a record of an entry's size.
 */
export function readCompressed(
  read: Read,
  entries: Entries,
  { pool, window, sink, group, chosen }: CompressedRead,
  ops: Ops,
): HeadResult {
  const visible = entriesSeen(read.visible, pool);
  const own = { ...read, sinkLogit: undefined };
  const summaries = new SummaryResult(
    softmaxRead(
      {
        ...own,
        keys: entries.keys,
        values: entries.values,
        visible,
        ...(chosen && { spans: unitSpans(chosen, 1, visible, group) }),
      },
      ops,
    ),
    entries.pools.layout,
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
  // a sink of the queries joins the variant's own
  const both = read.sinkLogit === undefined ? sink : Math.log(Math.exp(sink) + Math.exp(read.sinkLogit));
  return together([summaries, raw], (i) => [summaries.logSum(i), raw.logSum(i)], both);
}

/** Cost of a decode step that reads `chosen` entries and the window. */
export function compressedCost(
  shape: StepShape,
  { pool, window, width }: { pool: number; window: number; width: number },
  chosen: number,
): StepCost {
  const { tokens, queryHeads, bytesPerElement } = shape;
  const record = compressedRecord(width, bytesPerElement);
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

export const widthParam = int("numbers of an entry or raw token, key and value at once: 584 B in FP8", {
  default: 512,
  min: 1,
});

export const notConvex =
  "entries are scaled to the length of a token, so that their values are no mean of their tokens'";

export const noMeanField =
  "an entry blends keys and values of several records, so that what is found carries others along";
