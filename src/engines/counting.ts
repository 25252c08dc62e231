import type { Rows } from "../core/tensor.ts";
import type { Ops, Table } from "./ops.ts";

/** Bytes, summed over the calls since the last reset. */
export interface Counts {
  /** K and V read by queries, as the modelled machine stores them */
  kv: number;
  /** index rows read by queries, as the modelled machine stores them */
  index: number;
  /** bytes of float32 numbers that were touched to build the cache and its index */
  built: number;
  reset(): void;
}

/** An engine that also counts the bytes that each query reads: rows times their `rowBytes`. */
export function counting(ops: Ops): Ops & { readonly counts: Counts } {
  const counts: Counts = {
    kv: 0,
    index: 0,
    built: 0,
    reset() {
      this.kv = this.index = this.built = 0;
    },
  };
  const read = (table: Table, rows: number): void => {
    counts[table.kind] += rows * table.rowBytes;
  };
  const build = ({ shape }: Rows): void => {
    counts.built += shape[0] * shape[1] * Float32Array.BYTES_PER_ELEMENT;
  };
  return {
    name: ops.name,
    threads: ops.threads,
    counts,
    space: (label) => ops.space(label),
    fillNormal(out, key, ids) {
      build(out);
      ops.fillNormal(out, key, ids);
    },
    blendRows(out, blend) {
      build(out);
      ops.blendRows(out, blend);
    },
    round(rows, dtype) {
      build(rows);
      ops.round(rows, dtype);
    },
    pack(rows, into) {
      build(rows);
      ops.pack(rows, into);
    },
    sketch(parts, out) {
      for (const { rows } of parts) build(rows);
      ops.sketch(parts, out);
    },
    attend(queries, keys, values, options) {
      const rows = rowsRead(options.visible, keys.tensor.shape[0], options.rows?.offsets);
      read(keys, rows);
      read(values, rows);
      return ops.attend(queries, keys, values, options);
    },
    rowProducts(rows, factors) {
      build(rows);
      return ops.rowProducts(rows, factors);
    },
    // a state is not a part of the cache
    readState: (queries, keys, values, options) => ops.readState(queries, keys, values, options),
    scores(queries, table) {
      read(table, queries.shape[0]! * table.tensor.shape[0]);
      return ops.scores(queries, table);
    },
    scoresAt(queries, table, rows) {
      read(table, rows.offsets.at(-1)! - rows.offsets[0]!);
      return ops.scoresAt(queries, table, rows);
    },
    reluScores(queries, weights, table) {
      read(table, (queries.shape[0]! / weights.length) * table.tensor.shape[0]);
      return ops.reluScores(queries, weights, table);
    },
    boundScores(queries, bounds) {
      read(bounds, queries.shape[0]! * bounds.tensor.shape[0]);
      return ops.boundScores(queries, bounds);
    },
    softmax: (scores, visible, scale) => ops.softmax(scores, visible, scale),
    topK: (scores, k, visible) => ops.topK(scores, k, visible),
    blockMean(rows, block, stride) {
      build(rows);
      return ops.blockMean(rows, block, stride);
    },
    pageMinMax(rows, page) {
      build(rows);
      return ops.pageMinMax(rows, page);
    },
    close: () => ops.close(),
  };
}

/** Rows read by all queries together. */
function rowsRead(visible: Int32Array, n: number, offsets?: Int32Array): number {
  if (offsets) return offsets.at(-1)! - offsets[0]!;
  return visible.reduce((sum, end) => sum + Math.min(n, Math.max(0, end)), 0);
}
