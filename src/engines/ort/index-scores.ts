import { tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { sameWidth } from "../matrix.ts";
import { operand, ranges, someRows, rowsWithin } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { Table } from "../ops.ts";
import { rowsAtOnce } from "./context.ts";
import type { OrtContext } from "./context.ts";
import { products, weightedRelu } from "./graphs.ts";

export function scores(context: OrtContext, queries: Tensor, table: Table<Tensor>): Tensor {
  const q = operand(queries);
  return byBlocks(context, table, { q, heads: 1 }, (from, to, rows, result) =>
    context.runtime.run(products, { q: someRows(q, from, to), rows }, { result }),
  );
}

export function reluScores(
  context: OrtContext,
  queries: Tensor,
  weights: Float32Array,
  table: Table<Tensor>,
): Tensor {
  const q = operand(queries);
  const heads = weights.length;
  return byBlocks(context, table, { q, heads }, (from, to, rows, result) => {
    const feeds = { q: someRows(q, from * heads, to * heads), weights: onDiagonal(weights, to - from), rows };
    context.runtime.run(weightedRelu, feeds, { result });
  });
}

/** (n, n J) the J weights of row i in the columns i J ... i J + J - 1, and 0 elsewhere. */
function onDiagonal(weights: Float32Array, n: number): Operand {
  const width = n * weights.length;
  const data = new Float32Array(n * width);
  for (let i = 0; i < n; i++) data.set(weights, i * width + i * weights.length);
  return { data, rows: n, width };
}

/** max(q min, q max) is q max for a positive q and q min for a negative one: one product with (min, max). */
export function boundScores(context: OrtContext, queries: Tensor, bounds: Table<Tensor>): Tensor {
  const { data, rows, width } = operand(queries);
  sameWidth("bounds", bounds.tensor.shape[1]!, 2 * width);
  const parts = new Float32Array(2 * data.length);
  for (let i = 0; i < rows; i++) {
    const query = data.subarray(i * width, (i + 1) * width);
    parts.set(
      query.map((x) => Math.min(0, x)),
      2 * i * width,
    );
    parts.set(
      query.map((x) => Math.max(0, x)),
      (2 * i + 1) * width,
    );
  }
  return scores(context, tensor(parts, [rows, 2 * width]), bounds);
}

/**
 * Fills a (queries, n) result block by block: `scoresOf` the queries [from, to), of `heads` rows each in q, and some
 * rows of the table.
 */
function byBlocks(
  context: OrtContext,
  table: Table<Tensor>,
  { q, heads }: { q: Operand; heads: number },
  scoresOf: (from: number, to: number, rows: Operand, result: Operand) => void,
): Tensor {
  const { runtime, limits, empty } = context;
  const rows = operand(table.tensor);
  sameWidth("queries", q.width, rows.width);
  const queries = q.rows / heads;
  const result = empty(table.tensor, queries, rows.rows);
  const group = Math.min(queries, rowsWithin(limits.queries, heads));
  const some = Math.min(rowsAtOnce(context, rows), rowsWithin(limits.scores, group * heads));
  const found = new Float32Array(group * some);
  for (const [start, stop] of ranges(rows.rows, some)) {
    const part = runtime.within("rows", rows, start, stop);
    for (const [from, to] of ranges(queries, group)) {
      const block = { data: found.subarray(0, (to - from) * part.rows), rows: to - from, width: part.rows };
      scoresOf(from, to, part, block);
      for (let i = from; i < to; i++)
        result.data.set(someRows(block, i - from, i - from + 1).data, result.offset + i * rows.rows + start);
    }
  }
  return result;
}
