import type { RowLists, Tensor } from "../../core/tensor.ts";
import { rowsOf, tensor } from "../../core/tensor.ts";
import { matrix, rowsShape, sameWidth, visibleEnd } from "../matrix.ts";
import type { AttendOptions, Attended, Table } from "../ops.ts";
import { scores, scoresAt } from "./select.ts";
import type { WasmSpace } from "./space.ts";
import { blocksOf, cut, padded, placeItems, placePadded, placeTransposed } from "./split.ts";
import type { Range } from "./split.ts";
import { placeTable, roomFor } from "./table.ts";
import type { Threads } from "./threads.ts";

/** Fewer queries than this are cheaper one by one than as a padded block. */
const smallestBlock = 3;
const largestBlock = 64;
/** Rows whose scores a kernel holds at a time, for one query and for a block. */
const span = 256;
const tile = 64;
/** The largest score of a query that saw no row, as kernels mark it. */
const far = Math.fround(-1e30);

/** Numbers of the scores that are held at a time where keys and values lie in two memories: 256 MiB. */
const scoresAtOnce = 2 ** 26;

/**
 * @param space memory of the keys
 * @param valueSpace memory of the values
 */
export function attend(
  threads: Threads,
  space: WasmSpace,
  valueSpace: WasmSpace,
  queries: Tensor,
  keys: Table,
  values: Table,
  options: AttendOptions,
): Attended {
  const k = rowsShape(keys.tensor);
  const v = rowsShape(values.tensor);
  const q = matrix(queries);
  sameWidth("queries", q.width, k.width);
  const merged = new Merged(q.rows, v.width, space.kernels.exp!);
  if (space !== valueSpace) {
    attendApart(threads, space, valueSpace, queries, keys, values, options, merged);
    return merged.finish();
  }
  const shape: Shape = { n: k.rows, width: k.width, valueWidth: v.width, queries: q.rows };
  space.scoped(() => {
    const place: Placed = { keys: placeTable(space, keys.tensor), values: placeTable(space, values.tensor) };
    const attendAll = options.rows || q.rows < smallestBlock ? attendEach : attendBlocks;
    attendAll(threads, space, queries, shape, place, options, merged);
  });
  return merged.finish();
}

interface Shape {
  readonly n: number;
  readonly width: number;
  readonly valueWidth: number;
  readonly queries: number;
}

/** Addresses of the tables. */
interface Placed {
  readonly keys: number;
  readonly values: number;
}

/** Query by query, over all visible rows or over those listed. */
function attendEach(
  threads: Threads,
  space: WasmSpace,
  queries: Tensor,
  { n, width, valueWidth, queries: count }: Shape,
  { keys, values }: Placed,
  { visible, scale, rows }: AttendOptions,
  merged: Merged,
): void {
  const items = piecesOf(count, n, visible, rows);
  const list = rows ? space.copyIn(rows.rows) : 0;
  const partials = space.allocate(4 * recordSize(valueWidth) * items.length);
  const at = placePadded(space, queries);
  const args = [placeItems(space, items), at, keys, values, list, scale, partials];
  // rows of a list take some four times as long, as they wait for memory one by one
  const work = (rows ? 4 : 1) * rowCount(items) * (width + valueWidth);
  const scratch = 4 * (span + padded(valueWidth)) + roomFor(1, Math.max(width, valueWidth));
  threads.run(space, { kernel: "attendOne", items: items.length, args, scratch, work });
  addPieces(space, partials, items, valueWidth, merged);
}

/** What each query goes over, in pieces: positions in its list, or rows. */
function piecesOf(queries: number, n: number, visible: Int32Array, rows: RowLists | undefined): Range[] {
  const ranges = Array.from({ length: queries }, (_, group) => ({
    group,
    first: rows ? rows.offsets[group]! : 0,
    end: rows ? rows.offsets[group + 1]! : visibleEnd(visible, group, n),
  }));
  return cut(ranges, rows ? span / 2 : span);
}

/** Numbers in a piece's record of max, sum, moment and unnormalised output. */
const recordSize = (valueWidth: number): number => 4 + padded(valueWidth);

/** Merges the records of pieces, in their order. @param from query that the groups of the pieces count from */
function addPieces(
  space: WasmSpace,
  partials: number,
  items: readonly Range[],
  valueWidth: number,
  merged: Merged,
  from = 0,
): void {
  const record = recordSize(valueWidth);
  const results = space.floats(partials, record * items.length);
  for (const [i, { group }] of items.entries()) {
    const [max, sum, moment] = results.subarray(i * record);
    merged.add(from + group, max!, sum!, moment!, results, i * record + 4);
  }
}

/**
 * Keys and values in two memories: the dot products are made beside the keys and brought to the values, some queries
 * at a time.
 */
function attendApart(
  threads: Threads,
  keySpace: WasmSpace,
  space: WasmSpace,
  queries: Tensor,
  keys: Table,
  values: Table,
  { visible, scale, rows }: AttendOptions,
  merged: Merged,
): void {
  const { rows: n } = rowsShape(keys.tensor);
  const { width } = rowsShape(values.tensor);
  const count = queries.shape[0]!;
  const group = rows ? count : Math.max(1, Math.floor(scoresAtOnce / n));
  for (let from = 0; from < count; from += group) {
    const to = Math.min(count, from + group);
    space.scoped(() => {
      const some = rowsOf(queries, from, to);
      const dots = keySpace.scoped(() => {
        if (rows) return space.copyIn(scoresAt(threads, keySpace, queries, keys.tensor, rows));
        const out = keySpace.allocate(4 * (to - from) * n);
        scores(threads, keySpace, some, keys.tensor, out);
        return space.copyIn(keySpace.floats(out, (to - from) * n));
      });
      const items = piecesOf(to - from, n, visible.subarray(from, to), rows);
      const offsets = Int32Array.from(items, ({ group, first }) => (rows ? first : group * n + first));
      const partials = space.allocate(4 * recordSize(width) * items.length);
      threads.run(space, {
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
        scratch: 4 * (span + padded(width)) + roomFor(1, width),
        work: rowCount(items) * width,
      });
      addPieces(space, partials, items, width, merged, from);
    });
  }
}

/** Blocks of queries against tiles of rows. */
function attendBlocks(
  threads: Threads,
  space: WasmSpace,
  queries: Tensor,
  { n, width, valueWidth, queries: count }: Shape,
  { keys, values }: Placed,
  { visible, scale }: AttendOptions,
  merged: Merged,
): void {
  const { count: blocks, block } = blocksOf(count, largestBlock);
  const limits = new Int32Array(blocks * block).fill(n); // padding sees all rows: it needs no mask
  for (let i = 0; i < count; i++) limits[i] = visibleEnd(visible, i, n);
  const longest = (b: number): number =>
    limits.subarray(b * block, Math.min(count, (b + 1) * block)).reduce((a, end) => Math.max(a, end), 0);
  const ranges = Array.from({ length: blocks }, (_, b) => ({ group: b, first: 0, end: longest(b) }));
  const items = cut(ranges.reverse(), tile); // the longest of a prefill first
  const record = block * (3 + padded(valueWidth));
  const partials = space.allocate(4 * record * items.length);
  const at = placeTransposed(space, queries, block);
  const args = [placeItems(space, items), block, at, space.copyIn(limits), keys, values];
  threads.run(space, {
    kernel: "attendBlock",
    items: items.length,
    args: [...args, scale, partials],
    scratch: 4 * tile * block + roomFor(tile, Math.max(width, valueWidth)),
    work: rowCount(items) * block * (width + valueWidth),
  });
  const results = space.floats(partials, record * items.length);
  for (const [i, { group }] of items.entries()) {
    for (let j = 0; j < block && group * block + j < count; j++) {
      const top = i * record + j;
      const output = i * record + 3 * block + j * padded(valueWidth);
      merged.add(
        group * block + j,
        results[top]!,
        results[top + block]!,
        results[top + 2 * block]!,
        results,
        output,
      );
    }
  }
}

const rowCount = (items: readonly Range[]): number =>
  items.reduce((sum, { first, end }) => sum + end - first, 0);

/** Partial softmaxes of each query, merged one after another in float64. */
class Merged {
  readonly #width: number;
  readonly #exp: (x: number) => number;
  readonly #max: Float64Array;
  readonly #sum: Float64Array;
  readonly #moment: Float64Array;
  readonly #output: Float64Array;

  constructor(queries: number, width: number, exp: (x: number) => number) {
    this.#width = width;
    this.#exp = exp;
    this.#max = new Float64Array(queries).fill(-Infinity);
    this.#sum = new Float64Array(queries);
    this.#moment = new Float64Array(queries);
    this.#output = new Float64Array(queries * width);
  }

  /** @param output unnormalised, at `offset` of `results` */
  add(i: number, max: number, sum: number, moment: number, results: Float32Array, offset: number): void {
    if (max <= far) return;
    const newMax = Math.max(max, this.#max[i]!);
    const oldFall = this.#max[i]! - newMax;
    const fall = max - newMax;
    const keep = oldFall === -Infinity ? 0 : this.#exp(oldFall);
    const share = this.#exp(fall);
    const movedMoment = keep === 0 ? 0 : keep * (this.#moment[i]! + this.#sum[i]! * oldFall);
    this.#moment[i] = movedMoment + share * (moment + sum * fall);
    this.#sum[i] = keep * this.#sum[i]! + share * sum;
    this.#max[i] = newMax;
    const start = i * this.#width;
    for (let c = 0; c < this.#width; c++)
      this.#output[start + c] = keep * this.#output[start + c]! + share * results[offset + c]!;
  }

  finish(): Attended {
    const queries = this.#max.length;
    const output = new Float32Array(queries * this.#width);
    for (let i = 0; i < queries; i++) {
      const share = this.#sum[i] === 0 ? 0 : 1 / this.#sum[i]!;
      for (let c = i * this.#width; c < (i + 1) * this.#width; c++) output[c] = this.#output[c]! * share;
    }
    return {
      output: tensor(output, [queries, this.#width]),
      max: this.#max,
      sum: this.#sum,
      moment: this.#moment,
    };
  }
}
