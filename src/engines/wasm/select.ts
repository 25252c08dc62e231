import { tensor } from "../../core/tensor.ts";
import type { RowLists, Rows, Tensor } from "../../core/tensor.ts";
import { matrix, rowsShape, sameWidth, visibleEnd } from "../matrix.ts";
import { bins, chunkBytes, chunkMax, chunkSum, tileRows } from "./abi.ts";
import type { WasmSpace } from "./space.ts";
import { blocksOf, cut, padded, placeItems, placePadded, placeTransposed } from "./split.ts";
import { placeTable, roomFor } from "./table.ts";

/** Fewer queries than this are cheaper one by one than as a padded block. */
const smallestBlock = 3;
const largestBlock = 64;
/** Rows of which pieces for one query are whole multiples. */
const quantum = 256;

/** Rows 0 ... n - 1 for each group. */
const allRows = (groups: number, n: number): { group: number; first: number; end: number }[] =>
  Array.from({ length: groups }, (_, group) => ({ group, first: 0, end: n }));

/** @param out address of (Q, n) */
export function scores(space: WasmSpace, queries: Tensor, rows: Rows, out: number): void {
  const { rows: count, width } = matrix(queries);
  const { rows: n, width: tableWidth } = rowsShape(rows);
  sameWidth("queries", width, tableWidth);
  const work = count * n * width;
  const table = placeTable(space, rows);
  if (count < smallestBlock) {
    const items = cut(allRows(count, n), quantum);
    const args = [placeItems(space, items), placePadded(space, queries), table, n, out];
    space.run({
      kernel: "scoresOne",
      items: items.length,
      args,
      scratch: 16 + roomFor(1, width),
      work,
    });
    return;
  }
  const { count: blocks, block } = blocksOf(count, largestBlock);
  const items = cut(allRows(blocks, n), tileRows);
  const at = placeTransposed(space, queries, block);
  const args = [placeItems(space, items), block, at, count, table, n, out];
  const scratch = 4 * tileRows * block + roomFor(tileRows, width);
  space.run({ kernel: "scoresBlock", items: items.length, args, scratch, work });
}

/** Operands of `reluScores`. queries (Q J, width); weights (J); rows (n, width) */
interface ReluOperands {
  readonly queries: Tensor;
  readonly weights: Float32Array;
  readonly rows: Rows;
}

/** @param out address of (Q, n) */
export function reluScores(space: WasmSpace, { queries, weights, rows }: ReluOperands, out: number): void {
  const { rows: count, width } = matrix(queries);
  const { rows: n, width: tableWidth } = rowsShape(rows);
  sameWidth("queries", width, tableWidth);
  const heads = Math.ceil(weights.length / 4) * 4;
  const paddedWeights = new Float32Array(heads);
  paddedWeights.set(weights);
  const asked = count / weights.length;
  if (asked === 1 && heads === 4) {
    const items = cut(allRows(1, n), quantum);
    const at = space.copyIn(interleaved(queries));
    const args = [placeItems(space, items), at, space.copyIn(paddedWeights), placeTable(space, rows), out];
    const job = { items: items.length, args, scratch: roomFor(1, width), work: count * n * width };
    space.run({ kernel: "scoresReluOne", ...job });
    return;
  }
  const { count: blocks, perBlock } = evenBlocks(asked, Math.max(1, Math.floor(largestBlock / heads)));
  const block = padded(perBlock * heads);
  const items = cut(allRows(blocks, n), tileRows);
  const args = [
    placeItems(space, items),
    block,
    perBlock,
    heads,
    placeTransposed(space, padHeads(queries, weights.length, heads), perBlock * heads),
    asked,
    space.copyIn(paddedWeights),
    placeTable(space, rows),
    n,
    out,
  ];
  const scratch = 4 * tileRows * block + roomFor(tileRows, width);
  const job = { items: items.length, args, scratch, work: count * n * width };
  space.run({ kernel: "scoresRelu", ...job });
}

/** At most four rows, with four columns of each side by side: (columns / 4, 4, 4), zero-padded to pairs of fours. */
function interleaved(queries: Tensor): Float32Array {
  const { data, rows, width } = matrix(queries);
  const out = new Float32Array(4 * padded(width));
  for (let j = 0; j < rows; j++)
    for (let c = 0; c < width; c++) out[16 * (c >> 2) + 4 * j + (c & 3)] = data[j * width + c]!;
  return out;
}

/** Queries in blocks of nearly equal size, at most `most`. */
function evenBlocks(queries: number, most: number): { count: number; perBlock: number } {
  const count = Math.ceil(queries / most);
  return { count, perBlock: Math.ceil(queries / count) };
}

/** (Q padded, width): the J heads of each query, then zero rows up to `padded`. */
function padHeads(queries: Tensor, heads: number, padded: number): Tensor {
  if (heads === padded) return queries;
  const { data, rows, width } = matrix(queries);
  const count = rows / heads;
  const out = new Float32Array(count * padded * width);
  for (let i = 0; i < count; i++)
    out.set(data.subarray(i * heads * width, (i + 1) * heads * width), i * padded * width);
  return tensor(out, [count * padded, width]);
}

/** Dot products with the rows that each query lists. */
export function scoresAt(space: WasmSpace, queries: Tensor, rows: Rows, lists: RowLists): Float32Array {
  const { rows: count, width } = matrix(queries);
  sameWidth("queries", width, rowsShape(rows).width);
  const ranges = Array.from({ length: count }, (_, group) => ({
    group,
    first: lists.offsets[group]!,
    end: lists.offsets[group + 1]!,
  }));
  const items = cut(ranges, quantum);
  const out = space.allocate(4 * lists.rows.length);
  const places = [placeItems(space, items), placePadded(space, queries), placeTable(space, rows)];
  const args = [...places, space.copyIn(lists.rows), out];
  const job = { items: items.length, args, scratch: 16 + roomFor(1, width), work: lists.rows.length * width };
  space.run({ kernel: "scoresListed", ...job });
  return space.floats(out, lists.rows.length).slice();
}

/** A (Q, n) matrix of scores at an address. */
interface PlacedScores {
  readonly address: number;
  readonly queries: number;
  readonly n: number;
}

export function softmax(
  space: WasmSpace,
  { address, queries, n }: PlacedScores,
  visible: Int32Array,
  scale: number,
): void {
  const ends = Array.from({ length: queries }, (_, i) => visibleEnd(visible, i, n));
  const items = cut(
    ends.map((end, group) => ({ group, first: 0, end })),
    quantum,
  );
  const partials = space.allocate(chunkBytes * items.length);
  const at = placeItems(space, items);
  const job = { items: items.length, scratch: 0, work: 8 * queries * n };
  space.run({ kernel: "softmaxChunk", args: [at, address, n, scale, partials], ...job });
  const stride = chunkBytes / 4;
  const results = space.floats(partials, stride * items.length);
  const maxOf = (i: number): number => results[i * stride + chunkMax / 4]!;
  const max = new Float64Array(queries).fill(-Infinity);
  const sum = new Float64Array(queries);
  for (const [i, { group }] of items.entries()) max[group] = Math.max(max[group]!, maxOf(i));
  const factors = Float32Array.from(items, ({ group }, i) => {
    const factor = maxOf(i) === -Infinity ? 0 : space.kernels.exp!(maxOf(i) - max[group]!);
    sum[group]! += factor * results[i * stride + chunkSum / 4]!;
    return factor;
  });
  for (const [i, { group }] of items.entries()) factors[i]! /= sum[group] === 0 ? 1 : sum[group]!;
  space.run({ kernel: "scaleChunk", args: [at, address, n, space.copyIn(factors)], ...job });
  for (const [i, end] of ends.entries()) space.floats(address + 4 * (i * n + end), n - end).fill(0);
}

export function topK(
  space: WasmSpace,
  { address, queries, n }: PlacedScores,
  k: number,
  visible: Int32Array,
): RowLists {
  const limits = Int32Array.from({ length: queries }, (_, i) => visibleEnd(visible, i, n));
  const offsets = new Int32Array(queries + 1);
  for (let i = 0; i < queries; i++) offsets[i + 1] = offsets[i]! + Math.min(Math.max(0, k), limits[i]!);
  const total = offsets[queries]!;
  const rows = space.allocate(4 * total);
  const args = [address, n, space.copyIn(limits), space.copyIn(offsets), rows];
  const job = { items: queries, args, scratch: 4 * (bins + n), work: 16 * queries * n };
  space.run({ kernel: "topK", ...job });
  return { offsets, rows: space.ints(rows, total).slice() };
}
