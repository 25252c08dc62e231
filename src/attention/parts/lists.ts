import type { RowLists } from "../../core/tensor.ts";

// Row lists, one for each query: made from plain lists, split and joined.

export const rowLists = (lists: readonly ArrayLike<number>[]): RowLists => {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => (offsets[i + 1] = offsets[i]! + list.length));
  const rows = new Int32Array(offsets[lists.length]!);
  lists.forEach((list, i) => rows.set(list, offsets[i]));
  return { offsets, rows };
};

/** Lists without rows. */
export const emptyLists = (count: number): RowLists => ({
  offsets: new Int32Array(count + 1),
  rows: new Int32Array(0),
});

/** The rows of list i, as a view. */
export const listAt = ({ offsets, rows }: RowLists, i: number): Int32Array =>
  rows.subarray(offsets[i], offsets[i + 1]);

/** The rows of every list, as views. */
export const allLists = (lists: RowLists): Int32Array[] =>
  Array.from({ length: lists.offsets.length - 1 }, (_, i) => listAt(lists, i));

/** Lists one after the other. */
export const joined = (parts: readonly RowLists[]): RowLists => rowLists(parts.flatMap(allLists));
