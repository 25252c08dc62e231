import type { StreamKey } from "../../core/random.ts";
import type { PackedRows } from "../../core/packed.ts";
import type { Tensor } from "../../core/tensor.ts";
import { matrix, sameShape, sameWidth } from "../matrix.ts";
import type { Blend, Ops, Space } from "../ops.ts";
import type { RowDtype } from "../../core/dtype.ts";
import { attend, softmax } from "./attention.ts";
import { blockMean, pageMinMax } from "./blocks.ts";
import { zeros64 } from "./heap.ts";
import { boundScores, reluScores, scores, scoresAt, topK } from "./index-scores.ts";
import { normalRow } from "./normal.ts";
import { packRow } from "./packing.ts";
import { roundRow } from "./rounding.ts";
import { rowProducts } from "./row-products.ts";
import { sketch } from "./sketch.ts";
import { readState } from "./state.ts";

/** Plain float64 loops on the JavaScript heap. Every other engine is tested against them. */
export const referenceEngine = (): Ops => ({
  name: "reference",
  threads: 1,
  space: () => heap,
  fillNormal,
  blendRows,
  round,
  pack,
  sketch,
  attend,
  readState,
  rowProducts,
  scores,
  scoresAt,
  reluScores,
  boundScores,
  softmax,
  topK,
  blockMean,
  pageMinMax,
  close: () => undefined,
});

/** Memory of the JavaScript heap, which the garbage collector gives back. */
const heap: Space = {
  empty: zeros64,
  bytes: (length) => new Uint8Array(length),
  scoped: (work) => work(),
  clear: () => undefined,
};

function fillNormal(out: Tensor, key: StreamKey, ids?: Uint32Array): void {
  const { data, rows, width } = matrix(out);
  for (let i = 0; i < rows; i++)
    normalRow(
      data.subarray(i * width, (i + 1) * width),
      key,
      ids ? ids[2 * i]! : i,
      ids ? ids[2 * i + 1]! : 0,
    );
}

function blendRows(out: Tensor, { table, index, classes, self, other }: Blend): void {
  const { data, rows, width } = matrix(out);
  const source = matrix(table);
  sameWidth("the table", source.width, width);
  for (let i = 0; i < rows; i++) {
    if (index[i]! < 0) continue;
    const [keep, add] = [self[classes[i]!]!, other[classes[i]!]!];
    for (let c = 0; c < width; c++)
      data[i * width + c] = keep * data[i * width + c]! + add * source.data[index[i]! * width + c]!;
  }
}

function round(rows: Tensor, dtype: RowDtype): void {
  const { data, rows: n, width } = matrix(rows);
  for (let i = 0; i < n; i++) roundRow(data.subarray(i * width, (i + 1) * width), dtype);
}

function pack(rows: Tensor, into: PackedRows): void {
  const { data, rows: n, width } = matrix(rows);
  sameShape(into.shape, [n, width]);
  for (let i = 0; i < n; i++) packRow(data.subarray(i * width, (i + 1) * width), into, i);
}
