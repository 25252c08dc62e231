import type { RowLists } from "../../core/tensor.ts";
import type { Operand } from "../operands.ts";
import { ranges, rowsWithin } from "../operands.ts";
import type { Empty } from "../spaces.ts";
import type { Tf, TfTensor } from "./api.ts";

/** Sizes of the blocks that a call is cut into. */
export interface TfLimits {
  /** numbers of a table in one TensorFlow tensor */
  readonly table: number;
  /** scores in one TensorFlow tensor */
  readonly scores: number;
  /** queries that share a block of keys */
  readonly queries: number;
}

/**
 * 64 MiB of a table bound the copies; 8 MiB of scores stay near the caches. With few queries a causal block does little
 * work beyond the diagonal.
 */
export const defaultLimits: TfLimits = { table: 2 ** 24, scores: 2 ** 21, queries: 512 };

/** Arguments of every kernel. */
export interface TfContext {
  readonly tf: Tf;
  readonly limits: TfLimits;
  readonly empty: Empty;
}

/** Rows [from, to) as a TensorFlow tensor: a view if they lie on a multiple of 64 bytes, otherwise a copy. */
export const block = (tf: Tf, { data, width }: Operand, from: number, to: number): TfTensor =>
  tf.tensor(data.subarray(from * width, to * width), [to - from, width], "float32");

/** A rectangle of listed rows: `width` of each of the queries [from, to). */
export interface ListBlock {
  readonly from: number;
  readonly to: number;
  /** place in each query's list at which the block begins */
  readonly start: number;
  readonly width: number;
  /** (to - from, width) rows; beyond the end of a list, a row that the list or its neighbours name */
  readonly rows: Int32Array;
  /** (to - from) number of rows of each query that are listed */
  readonly ends: Int32Array;
}

/** Cuts row lists into rectangles whose rows, `rowWidth` numbers each, stay within `limit` numbers. */
export function* listBlocks(
  { offsets, rows }: RowLists,
  rowWidth: number,
  limit: number,
): Generator<ListBlock> {
  const queries = offsets.length - 1;
  const lengthOf = (i: number): number => offsets[i + 1]! - offsets[i]!;
  let longest = 0;
  for (let i = 0; i < queries; i++) longest = Math.max(longest, lengthOf(i));
  const most = Math.min(longest, rowsWithin(limit, rowWidth));
  for (const [from, to] of ranges(queries, rowsWithin(limit, most * rowWidth))) {
    let groupLongest = 0;
    for (let i = from; i < to; i++) groupLongest = Math.max(groupLongest, lengthOf(i));
    for (const [start, stop] of ranges(groupLongest, most)) {
      const width = stop - start;
      const padded = new Int32Array((to - from) * width).fill(rows[offsets[from]!]!);
      const ends = new Int32Array(to - from);
      for (let i = from; i < to; i++) {
        const listed = rows.subarray(offsets[i]! + start, Math.min(offsets[i]! + stop, offsets[i + 1]!));
        const at = (i - from) * width;
        padded.set(listed, at);
        if (listed.length > 0) padded.fill(listed.at(-1)!, at + listed.length, at + width);
        ends[i - from] = listed.length;
      }
      yield { from, to, start, width, rows: padded, ends };
    }
  }
}
