import { rowsOf } from "../../core/tensor.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import { matrix, rowsShape, sameWidth, visibleEnd } from "../matrix.ts";
import { MergedSoftmax } from "../merged.ts";
import type { AttendOptions, Attended, Table } from "../ops.ts";
import { farScore, recordMax, recordMoment, recordOutput, recordSum, spanRows, tileRows } from "./abi.ts";
import { scores, scoresAt } from "./select.ts";
import type { WasmSpace } from "./space.ts";
import { blocksOf, cut, padded, placeItems, placePadded, placeTransposed } from "./split.ts";
import type { Range } from "./split.ts";
import { placeTable, roomFor } from "./table.ts";

/** Fewer queries than this are cheaper one by one than as a padded block. */
const smallestBlock = 3;
const largestBlock = 64;
/** Largest score of a query that saw no row, as kernels mark it. */
const far = Math.fround(farScore);

/** Numbers of the scores that are held at a time for keys and values in two memories: 256 MiB. */
const scoresAtOnce = 2 ** 26;

/** Tensors of one call, and the memories that keys and values lie in. */
export interface AttendTensors {
  readonly queries: Tensor;
  readonly keys: Table;
  readonly values: Table;
  readonly keySpace: WasmSpace;
  readonly valueSpace: WasmSpace;
}

/** One call at work. */
interface AttendWork extends AttendTensors {
  readonly options: AttendOptions;
  readonly merged: MergedSoftmax;
}

export function attend(tensors: AttendTensors, options: AttendOptions): Attended {
  const { queries, keys, values, keySpace, valueSpace } = tensors;
  const q = matrix(queries);
  sameWidth("queries", q.width, rowsShape(keys.tensor).width);
  const merged = new MergedSoftmax(q.rows, rowsShape(values.tensor).width, keySpace.kernels.exp);
  const work = { ...tensors, options, merged };
  if (keySpace !== valueSpace) attendApart(work);
  else
    keySpace.scoped(() => {
      if (options.rows || q.rows < smallestBlock) attendEach(work);
      else attendBlocks(work);
    });
  return merged.attended();
}

/** Query by query, over all visible rows or over those listed. */
function attendEach({ queries, keys, values, keySpace: space, options, merged }: AttendWork): void {
  const { visible, scale, rows } = options;
  const { rows: n, width } = rowsShape(keys.tensor);
  const { width: valueWidth } = rowsShape(values.tensor);
  const tables = [placeTable(space, keys.tensor), placeTable(space, values.tensor)];
  const items = piecesOf(n, visible, rows);
  const list = rows ? space.copyIn(rows.rows) : 0;
  const partials = space.allocate(recordBytes(valueWidth) * items.length);
  const at = placePadded(space, queries);
  space.run({
    kernel: "attendOne",
    items: items.length,
    args: [placeItems(space, items), at, ...tables, list, scale, partials],
    scratch: 4 * (spanRows + padded(valueWidth)) + roomFor(1, Math.max(width, valueWidth)),
    // rows of a list take some four times as long, as they wait for memory one by one
    work: (rows ? 4 : 1) * rowCount(items) * (width + valueWidth),
  });
  addPieces(merged, { space, partials, items, valueWidth });
}

/** The rows of each query in pieces: positions in its list, or rows. */
function piecesOf(n: number, visible: Int32Array, rows: RowLists | undefined): Range[] {
  const ranges = Array.from({ length: visible.length }, (_, group) => ({
    group,
    first: rows ? rows.offsets[group]! : 0,
    end: rows ? rows.offsets[group + 1]! : visibleEnd(visible, group, n),
  }));
  return cut(ranges, rows ? spanRows / 2 : spanRows);
}

/** Bytes of a piece's record: max, sum, moment and unnormalised output. */
const recordBytes = (valueWidth: number): number => recordOutput + 4 * padded(valueWidth);

/** Records that kernels have written for pieces. */
interface Pieces {
  readonly space: WasmSpace;
  /** address of the records */
  readonly partials: number;
  readonly items: readonly Range[];
  readonly valueWidth: number;
}

/** Merges the records of pieces, in their order. @param from query that the groups of the pieces count from */
function addPieces(merged: MergedSoftmax, { space, partials, items, valueWidth }: Pieces, from = 0): void {
  const record = recordBytes(valueWidth) / 4;
  const numbers = space.floats(partials, record * items.length);
  for (const [i, { group }] of items.entries()) {
    const at = i * record;
    const max = numbers[at + recordMax / 4]!;
    if (max <= far) continue;
    merged.add(from + group, {
      max,
      sum: numbers[at + recordSum / 4]!,
      moment: numbers[at + recordMoment / 4]!,
      numbers,
      at: at + recordOutput / 4,
    });
  }
}

/**
 * Keys and values in two memories: the dot products are made beside the keys and brought to the values, for some
 * queries at a time.
 */
function attendApart({
  queries,
  keys,
  values,
  keySpace,
  valueSpace: space,
  options,
  merged,
}: AttendWork): void {
  const { visible, scale, rows } = options;
  const { rows: n } = rowsShape(keys.tensor);
  const { width: valueWidth } = rowsShape(values.tensor);
  const count = queries.shape[0]!;
  const most = rows ? count : Math.max(1, Math.floor(scoresAtOnce / n));
  for (let from = 0; from < count; from += most) {
    const to = Math.min(count, from + most);
    space.scoped(() => {
      const some = rowsOf(queries, from, to);
      const dots = keySpace.scoped(() => {
        if (rows) return space.copyIn(scoresAt(keySpace, queries, keys.tensor, rows));
        const out = keySpace.allocate(4 * (to - from) * n);
        scores(keySpace, some, keys.tensor, out);
        return space.copyIn(keySpace.floats(out, (to - from) * n));
      });
      const items = piecesOf(n, visible.subarray(from, to), rows);
      const offsets = Int32Array.from(items, ({ group, first }) => (rows ? first : group * n + first));
      const partials = space.allocate(recordBytes(valueWidth) * items.length);
      space.run({
        kernel: "attendScored",
        items: items.length,
        args: [
          placeItems(space, items),
          dots,
          space.copyIn(offsets),
          placeTable(space, values.tensor),
          rows ? space.copyIn(rows.rows) : 0,
          scale,
          partials,
        ],
        scratch: 4 * (spanRows + padded(valueWidth)) + roomFor(1, valueWidth),
        work: rowCount(items) * valueWidth,
      });
      addPieces(merged, { space, partials, items, valueWidth }, from);
    });
  }
}

/** Blocks of queries against tiles of rows. */
function attendBlocks({ queries, keys, values, keySpace: space, options, merged }: AttendWork): void {
  const { visible, scale } = options;
  const { rows: n, width } = rowsShape(keys.tensor);
  const { width: valueWidth } = rowsShape(values.tensor);
  const count = queries.shape[0]!;
  const tables = [placeTable(space, keys.tensor), placeTable(space, values.tensor)];
  const { count: blocks, block } = blocksOf(count, largestBlock);
  const limits = new Int32Array(blocks * block).fill(n); // padding sees all rows: it needs no mask
  for (let i = 0; i < count; i++) limits[i] = visibleEnd(visible, i, n);
  const longest = (b: number): number =>
    limits.subarray(b * block, Math.min(count, (b + 1) * block)).reduce((a, end) => Math.max(a, end), 0);
  const ranges = Array.from({ length: blocks }, (_, b) => ({ group: b, first: 0, end: longest(b) }));
  const items = cut(ranges.reverse(), tileRows); // the longest of a prefill first
  const record = block * (3 + padded(valueWidth));
  const partials = space.allocate(4 * record * items.length);
  const at = placeTransposed(space, queries, block);
  space.run({
    kernel: "attendBlock",
    items: items.length,
    args: [placeItems(space, items), block, at, space.copyIn(limits), ...tables, scale, partials],
    scratch: 4 * tileRows * block + roomFor(tileRows, Math.max(width, valueWidth)),
    work: rowCount(items) * block * (width + valueWidth),
  });
  const numbers = space.floats(partials, record * items.length);
  for (const [i, { group }] of items.entries()) {
    for (let j = 0; j < block && group * block + j < count; j++) {
      const top = i * record + j;
      const max = numbers[top]!;
      if (max <= far) continue;
      merged.add(group * block + j, {
        max,
        sum: numbers[top + block]!,
        moment: numbers[top + 2 * block]!,
        numbers,
        at: i * record + 3 * block + j * padded(valueWidth),
      });
    }
  }
}

const rowCount = (items: readonly Range[]): number =>
  items.reduce((sum, { first, end }) => sum + end - first, 0);
