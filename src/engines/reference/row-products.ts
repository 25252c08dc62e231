import { dot } from "../../core/tensor.ts";
import type { Rows } from "../../core/tensor.ts";
import { matrix, sameWidth, unpacked } from "../matrix.ts";
import type { RowFactors } from "../ops.ts";

export function rowProducts(rows: Rows, factors?: RowFactors): Float64Array {
  const { data, rows: n, width } = unpacked(rows);
  const row = (of: typeof data, i: number): typeof data => of.subarray(i * width, (i + 1) * width);
  if (!factors) return Float64Array.from({ length: n }, (_, i) => dot(row(data, i), row(data, i)));
  const by = matrix(factors.vectors);
  sameWidth("vectors", by.width, width);
  return Float64Array.from({ length: n }, (_, i) =>
    dot(row(data, i), row(by.data, Math.floor(i / factors.every))),
  );
}
