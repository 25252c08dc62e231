import { symmetricEigenvectors } from "../../core/eigenvectors.ts";
import { dot, flat, rowsOf, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Ops, Table } from "../../engines/ops.ts";
import type { HeadCache } from "../cache.ts";

// Selection by a few directions of keys and queries: scores of the numbers along them stand for whole scores.

/**
 * Directions in which rows have most of their squares, each (d) and of length 1, by falling squares: the right singular
 * vectors of the rows, or of the rows less their mean (`centred`), which are their principal components.
 *
 * @param rows at least one, each (d)
 */
export function directionsOf(
  rows: readonly (Float32Array | Float64Array)[],
  centred: boolean,
): readonly Float64Array[] {
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  if (centred) for (const row of rows) for (let c = 0; c < width; c++) mean[c]! += row[c]! / rows.length;
  const products = new Float64Array(width * width);
  const own = new Float64Array(width);
  for (const row of rows) {
    for (let c = 0; c < width; c++) own[c] = row[c]! - mean[c]!;
    for (let i = 0; i < width; i++)
      for (let j = 0; j <= i; j++) products[i * width + j]! += own[i]! * own[j]!;
  }
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++) products[j * width + i] = products[i * width + j]!;
  return symmetricEigenvectors(products, width).vectors;
}

/** Keys that are projected at a time: their numbers lie beside the index for so long. */
const rowsAtOnce = 4096;

/** (N, directions) the keys of a head along directions, in its space: an index. */
export function keysAlong(
  { space, keys }: HeadCache,
  directions: readonly Float64Array[],
  bytesPerElement: number,
  ops: Ops,
): Table {
  const [count, rank] = [keys.tensor.shape[0], directions.length];
  const along = space.empty(count, rank);
  const all = flat(along);
  const asked = tensor(Float32Array.from(directions.flatMap((each) => [...each])), [
    rank,
    keys.tensor.shape[1],
  ]);
  for (let from = 0; from < count; from += rowsAtOnce)
    space.scoped(() => {
      const size = Math.min(rowsAtOnce, count - from);
      const rows = { ...keys, tensor: rowsOf(keys.tensor, from, from + size), rowBytes: 0 };
      const products = flat(ops.scores(asked, rows));
      for (let i = 0; i < rank; i++)
        for (let t = 0; t < size; t++) all[(from + t) * rank + i] = products[i * size + t]!;
    });
  return { tensor: along, kind: "index", rowBytes: rank * bytesPerElement };
}

/** (rows, directions) queries along directions. @param queries (rows, d) */
export function queriesAlong(queries: Tensor, directions: readonly Float64Array[]): Tensor {
  const count = queries.shape[0]!;
  const out = new Float32Array(count * directions.length);
  for (let i = 0, at = 0; i < count; i++) {
    const query = flat(rowsOf(queries, i, i + 1));
    for (const direction of directions) out[at++] = dot(direction, query);
  }
  return tensor(out, [count, directions.length]);
}
