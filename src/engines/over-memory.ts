import { isPacked } from "../core/tensor.ts";
import type { Rows, Tensor } from "../core/tensor.ts";
import type { Ops, Table } from "./ops.ts";

/** Tensors of a softmax attention, none of them packed. */
export interface AttendTables {
  /** (Q, d) */
  readonly queries: Tensor;
  readonly keys: Table<Tensor>;
  readonly values: Table<Tensor>;
}

/** Work that an engine over another's memory does itself, without packed rows and states. */
type OwnOps = Omit<
  Ops,
  "fillNormal" | "blendRows" | "round" | "pack" | "sketch" | "readState" | "rowProducts" | "close"
>;

/**
 * An engine over the memory of another. The other makes and projects the data, packs rows, and reads packed rows and
 * recurrent states.
 */
export function overMemory(memory: Ops, own: OwnOps): Ops {
  const reader = (...rows: readonly Rows[]): OwnOps => (rows.some(isPacked) ? memory : own);
  return {
    ...own,
    fillNormal: (out, key, ids) => memory.fillNormal(out, key, ids),
    blendRows: (out, blend) => memory.blendRows(out, blend),
    round: (rows, dtype) => memory.round(rows, dtype),
    pack: (rows, into) => memory.pack(rows, into),
    sketch: (parts, out) => memory.sketch(parts, out),
    readState: (queries, keys, values, options) => memory.readState(queries, keys, values, options),
    rowProducts: (rows, factors) => memory.rowProducts(rows, factors),
    attend: (queries, keys, values, options) =>
      reader(keys.tensor, values.tensor).attend(queries, keys, values, options),
    scores: (queries, table) => reader(table.tensor).scores(queries, table),
    scoresAt: (queries, table, rows) => reader(table.tensor).scoresAt(queries, table, rows),
    reluScores: (queries, weights, table) => reader(table.tensor).reluScores(queries, weights, table),
    boundScores: (queries, bounds) => reader(bounds.tensor).boundScores(queries, bounds),
    blockMean: (rows, block, stride) => reader(rows).blockMean(rows, block, stride),
    pageMinMax: (rows, page) => reader(rows).pageMinMax(rows, page),
    close: () => memory.close(),
  };
}
