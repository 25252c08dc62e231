import { rowsOf } from "../core/tensor.ts";
import type { RowLists, Tensor } from "../core/tensor.ts";
import type { Ops, Space, Table } from "../kernels/ops.ts";
import { Spans } from "./spans.ts";
import type { Queries } from "./variant.ts";

/** Numbers that a matrix of scores, or the row lists of one call, may hold: 64 MB of float32. */
const chunkNumbers = 2 ** 24;

/** Runs `work` on query rows [from, to) so that (to - from, width) numbers stay within 64 MB. */
export function inChunks(count: number, width: number, work: (from: number, to: number) => void): void {
  const size = Math.max(1, Math.floor(chunkNumbers / Math.max(1, width)));
  for (let from = 0; from < count; from += size) work(from, Math.min(count, from + size));
}

/** (Q G) the keys that each query row sees: one more than the position of its query. */
export const visibleRows = ({ positions, group }: Queries): Int32Array =>
  Int32Array.from({ length: positions.length * group }, (_, i) => positions[Math.floor(i / group)]! + 1);

/**
 * The whole units (pages, blocks) before the one that each query row stands in. That one is never scored: it may
 * hold keys later than the query, and every variant here reads it anyway.
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
  /** what is scored: tokens, pages, blocks */
  readonly table: Table;
  readonly k: number;
  /** (rows) query row i may choose among the first visible[i] rows of the table */
  readonly visible: Int32Array;
}

/**
 * The k best rows of a table for each query row, in chunks of query rows.
 *
 * @param score scores of query rows [from, to) with the table, in the space: (to - from, n)
 * @param perRow rows of `queries` that make one query row: index heads
 */
export function selectTop(
  { space, queries, table, k, visible }: Selection,
  ops: Ops,
  score: (queries: Tensor, table: Table) => Tensor,
  perRow = 1,
): RowLists {
  const count = visible.length;
  const width = visible.reduce((most, n) => Math.max(most, n), 0);
  if (k === 0 || width === 0) return { offsets: new Int32Array(count + 1), rows: new Int32Array(0) };
  const parts: RowLists[] = [];
  inChunks(count, width, (from, to) => {
    const seen = visible.subarray(from, to);
    const chosen = space.scoped(() =>
      ops.topK(score(rowsOf(queries, from * perRow, to * perRow), firstRows(table, width)), k, seen),
    );
    parts.push(chosen);
  });
  return joined(parts);
}

/** Row lists one after the other. */
export function joined(parts: readonly RowLists[]): RowLists {
  const offsets = [0];
  let before = 0;
  for (const part of parts) {
    for (let i = 1; i < part.offsets.length; i++) offsets.push(before + part.offsets[i]!);
    before = offsets.at(-1)!;
  }
  const rows = new Int32Array(before);
  let at = 0;
  for (const part of parts) {
    rows.set(part.rows, at);
    at += part.rows.length;
  }
  return { offsets: Int32Array.from(offsets), rows };
}

/**
 * The tokens of the units that each query row has chosen, up to what it sees.
 *
 * @param group query rows that share one choice, that of their query
 */
export const unitSpans = ({ offsets, rows }: RowLists, unit: number, visible: Int32Array, group = 1): Spans =>
  new Spans(visible.length, (i, add) => {
    const query = Math.floor(i / group);
    for (let at = offsets[query]!; at < offsets[query + 1]!; at++)
      add(rows[at]! * unit, Math.min((rows[at]! + 1) * unit, visible[i]!));
  });

/** The tokens of chosen whole units and those of the unit that each query row stands in. */
export const unitAndCurrentSpans = ({ offsets, rows }: RowLists, unit: number, visible: Int32Array): Spans =>
  new Spans(visible.length, (i, add) => {
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) add(rows[at]! * unit, (rows[at]! + 1) * unit);
    add(Math.floor((visible[i]! - 1) / unit) * unit, visible[i]!);
  });

/** The `k` listed rows of largest score of each list, ascending; ties to the lower row. */
export function bestListed({ offsets, rows }: RowLists, scores: ArrayLike<number>, k: number): RowLists {
  const kept: number[] = [];
  const ends = Array.from({ length: offsets.length - 1 }, (_, i) => {
    const places = Array.from({ length: offsets[i + 1]! - offsets[i]! }, (_, at) => offsets[i]! + at);
    const chosen = places.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
    for (const at of chosen.sort((a, b) => a - b)) kept.push(rows[at]!);
    return kept.length;
  });
  return { offsets: Int32Array.from([0, ...ends]), rows: Int32Array.from(kept) };
}
