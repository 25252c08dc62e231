import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import type { Ops, Space, Table } from "../../engines/ops.ts";
import type { Queries } from "../cache.ts";
import { inChunks } from "./chunks.ts";
import { tellScores } from "./choices.ts";
import { allLists, emptyLists, joined, listAt, rowLists } from "./lists.ts";
import { Spans } from "./spans.ts";

/** (Q G) number of keys that each query row sees: one more than the position of its query. */
export const visibleRows = ({ positions, group }: Queries): Int32Array =>
  Int32Array.from({ length: positions.length * group }, (_, i) => positions[Math.floor(i / group)]! + 1);

/** (Q) tokens that each query sees. */
export const tokensSeen = ({ positions }: Queries): Int32Array => positions.map((position) => position + 1);

/** (Q, d): the mean of each query's G query heads. */
export function meanOfGroup(rows: Tensor, { count, group }: Queries): Tensor {
  const width = rows.shape[1]!;
  const mean = zeros(count, width);
  const [from, to] = [flat(rows), flat(mean)];
  for (let at = 0; at < from.length; at++)
    to[Math.floor(at / (group * width)) * width + (at % width)]! += from[at]! / group;
  return mean;
}

/**
 * Number of whole units (pages, blocks) before the unit that each query row stands in. That unit is never scored: it
 * may hold keys later than the query, and every variant reads it anyway.
 */
export const unitsBefore = (visible: Int32Array, unit: number): Int32Array =>
  visible.map((end) => Math.floor((end - 1) / unit));

/** The first n rows of a table, as a view. */
export const firstRows = (table: Table, n: number): Table => ({
  ...table,
  tensor: rowsOf(table.tensor, 0, n),
});

interface Selection {
  readonly space: Space;
  /** (rows, width) */
  readonly queries: Tensor;
  /** rows that are scored: tokens, pages, blocks */
  readonly table: Table;
  readonly k: number;
  /** (rows) query row i may choose among the first visible[i] rows of the table */
  readonly visible: Int32Array;
  /** tokens that a row of the table stands for; default: 1 */
  readonly unit?: number;
  /** kv head; absent where all heads share the choice */
  readonly head?: number;
  /** whether a row is a query, whose group shares the choice; default: a row is a query head's */
  readonly grouped?: boolean;
  /** number of the first row among all rows of the batch; default: 0 */
  readonly firstRow?: number;
}

/**
 * The k best rows of a table for each query row, in chunks of query rows.
 *
 * @param score scores of query rows [from, to) with the table, in the space: (to - from, n)
 * @param perRow rows of `queries` for each query row: its index heads
 */
export function selectTop(
  { space, queries, table, k, visible, unit = 1, head, grouped = false, firstRow = 0 }: Selection,
  ops: Ops,
  score: (queries: Tensor, table: Table) => Tensor,
  perRow = 1,
): RowLists {
  const count = visible.length;
  const width = visible.reduce((most, n) => Math.max(most, n), 0);
  if (k === 0 || width === 0) return emptyLists(count);
  const parts: RowLists[] = [];
  inChunks(count, width, (from, to) => {
    const seen = visible.subarray(from, to);
    const chosen = space.scoped(() => {
      const scores = score(rowsOf(queries, from * perRow, to * perRow), firstRows(table, width));
      tellScores(ops, scores, seen, {
        unit,
        grouped,
        taken: k,
        firstRow: firstRow + from,
        ...(head !== undefined && { head }),
      });
      return ops.topK(scores, k, seen);
    });
    parts.push(chosen);
  });
  return joined(parts);
}

/**
 * Tokens of the units that each query row has chosen, up to the last token that it sees.
 *
 * @param group query rows of one query, which share its choice
 */
export const unitSpans = (lists: RowLists, unit: number, visible: Int32Array, group = 1): Spans =>
  new Spans(visible.length, (i, add) => {
    for (const u of listAt(lists, Math.floor(i / group)))
      add(u * unit, Math.min((u + 1) * unit, visible[i]!));
  });

/** Tokens of chosen whole units, and of the unit that each query row stands in. @param group as of `unitSpans` */
export const unitAndCurrentSpans = (lists: RowLists, unit: number, visible: Int32Array, group = 1): Spans =>
  new Spans(visible.length, (i, add) => {
    for (const u of listAt(lists, Math.floor(i / group))) add(u * unit, (u + 1) * unit);
    add(Math.floor((visible[i]! - 1) / unit) * unit, visible[i]!);
  });

/** A choice among units by a table of them. */
interface BestUnits extends Pick<Selection, "space" | "queries" | "table" | "visible" | "head"> {
  /** tokens of a unit */
  readonly unit: number;
  /** units that are read, the query's own included */
  readonly units: number;
}

/** Tokens of the best whole units before the unit that each query row stands in, and of that unit. */
export function bestUnits(
  { unit, units, visible, ...selection }: BestUnits,
  ops: Ops,
  score: (queries: Tensor, table: Table) => Tensor,
): Spans {
  const before = unitsBefore(visible, unit);
  const chosen = selectTop({ ...selection, unit, k: units - 1, visible: before }, ops, score);
  return unitAndCurrentSpans(chosen, unit, visible);
}

/** Tokens that the last token's query reads in `units` units, its own included. */
export function tokensOfUnits(tokens: number, unit: number, units: number): number {
  const before = Math.floor((tokens - 1) / unit);
  return Math.min(before, units - 1) * unit + (tokens - before * unit);
}

/** Whole units in a budget of tokens, at least `least`. */
export const unitsOfBudget = (budget: number, unit: number, least: number): number =>
  Math.max(least, Math.floor(budget / unit));

/** An index of the means of `block` keys every `stride`. */
export const meanIndex = ({ tensor, rowBytes }: Table, block: number, stride: number, ops: Ops): Table => ({
  tensor: ops.blockMean(tensor, block, stride),
  kind: "index",
  rowBytes,
});

/** The `k` listed rows of largest score of each list, ascending; ties to the lower row. */
export const bestListed = (lists: RowLists, scores: ArrayLike<number>, k: number): RowLists =>
  rowLists(
    allLists(lists).map((rows, i) => {
      const first = lists.offsets[i]!;
      return [...rows.keys()]
        .sort((a, b) => scores[first + b]! - scores[first + a]! || a - b)
        .slice(0, k)
        .sort((a, b) => a - b)
        .map((at) => rows[at]!);
    }),
  );

/** (Q, floor(n / block)) the largest score of each whole block's tokens. @param scores (Q, n) */
export function blockMaxima(scores: Tensor, block: number): Tensor {
  const [count, tokens] = scores.shape as [number, number];
  const blocks = Math.floor(tokens / block);
  const out = zeros(count, blocks);
  const [from, to] = [flat(scores), flat(out)];
  for (let i = 0; i < count; i++)
    for (let b = 0; b < blocks; b++) {
      let most = -Infinity;
      const first = i * tokens + b * block;
      for (let at = first; at < first + block; at++) if (from[at]! > most) most = from[at]!;
      to[i * blocks + b] = most;
    }
  return out;
}
