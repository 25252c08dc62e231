import { paddedNumbers, pieceBytes, pieceEnd, pieceFirst, pieceGroup } from "./abi.ts";
import { matrix } from "../matrix.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { WasmSpace } from "./space.ts";

/** Rows [first, end) of one query, or of a block of queries. */
export interface Range {
  readonly group: number;
  readonly first: number;
  readonly end: number;
}

/** Approximate number of pieces of all ranges together: enough for any number of threads to share evenly. */
const pieces = 64;

/**
 * Cuts ranges into pieces of equal size, a multiple of `quantum`. The cuts depend on the shapes alone, and results of
 * pieces are merged in their order: any number of threads gives the same bits.
 */
export function cut(ranges: readonly Range[], quantum: number): Range[] {
  const rows = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
  const size = Math.max(8 * quantum, Math.ceil(rows / pieces / quantum) * quantum);
  return ranges.flatMap(({ group, first, end }) =>
    Array.from({ length: Math.ceil((end - first) / size) }, (_, i) => ({
      group,
      first: first + i * size,
      end: Math.min(end, first + (i + 1) * size),
    })),
  );
}

/** Address of pieces as kernels read them. */
export function placeItems(space: WasmSpace, items: readonly Range[]): number {
  const stride = pieceBytes / 4;
  const words = new Int32Array(stride * items.length);
  for (const [i, { group, first, end }] of items.entries()) {
    words[i * stride + pieceGroup / 4] = group;
    words[i * stride + pieceFirst / 4] = first;
    words[i * stride + pieceEnd / 4] = end;
  }
  return space.copyIn(words);
}

/** Rows of a chunk, for kernels that go over rows one by one: about 2^17 numbers. */
export const rowsPerChunk = (numbersPerRow: number): number =>
  Math.max(1, Math.floor(2 ** 17 / numbersPerRow));

/** Width of a row padded to whole pairs of vectors. */
export const padded = (width: number): number => Math.ceil(width / paddedNumbers) * paddedNumbers;

/** Address of queries padded with zeros: (Q, padded width). */
export function placePadded(space: WasmSpace, queries: Tensor): number {
  const { data, rows, width } = matrix(queries);
  const stride = padded(width);
  const address = space.allocate(4 * rows * stride);
  const copy = space.floats(address, rows * stride).fill(0);
  for (let i = 0; i < rows; i++) copy.set(data.subarray(i * width, (i + 1) * width), i * stride);
  return address;
}

/** Queries in blocks of equal size, a multiple of 8 and at most `most`. */
export function blocksOf(queries: number, most: number): { count: number; block: number } {
  const count = Math.ceil(queries / most);
  return { count, block: padded(Math.ceil(queries / count)) };
}

/** Address of queries in blocks, each transposed and padded with zeros: (blocks, width, padded block). */
export function placeTransposed(space: WasmSpace, queries: Tensor, block: number): number {
  const { data, rows, width } = matrix(queries);
  const stride = padded(block);
  const blocks = Math.ceil(rows / block);
  const address = space.allocate(4 * blocks * width * stride);
  const copy = space.floats(address, blocks * width * stride).fill(0);
  for (let i = 0; i < rows; i++) {
    const to = Math.floor(i / block) * width * stride + (i % block);
    for (let c = 0; c < width; c++) copy[to + c * stride] = data[i * width + c]!;
  }
  return address;
}
