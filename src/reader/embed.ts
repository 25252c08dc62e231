import { hash64 } from "../core/random.ts";
import type { StreamKey } from "../core/random.ts";
import { flat, rowsOf } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops, Space } from "../kernels/ops.ts";
import type { RecordSet } from "../tasks/task.ts";
import type { ReaderParams } from "./params.ts";

const member = 0;
const anchor = 1;

/** Which record each token belongs to, and as what. */
export interface TokenMap {
  /** (N) record, -1 outside records */
  readonly record: Int32Array;
  /** (N) 0 for a token of a record, 1 for its anchor */
  readonly cls: Uint8Array;
}

export function mapTokens({ count, start, anchor: anchors }: RecordSet, tokens: number): TokenMap {
  const record = new Int32Array(tokens).fill(-1);
  const cls = new Uint8Array(tokens);
  for (let r = 0; r < count; r++) {
    record.fill(r, start[r], anchors[r]! + 1);
    cls[anchors[r]!] = anchor;
  }
  return { record, cls };
}

/** Record-to-row lookups composed with a token map: (to - from) rows of a table, -1 for none. */
function tableRows(map: TokenMap, rowOfRecord: Int32Array | undefined, from: number, to: number): Int32Array {
  const rows = map.record.slice(from, to);
  if (rowOfRecord) for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) rows[i] = rowOfRecord[rows[i]!]!;
  return rows;
}

/** Ids that make `fillNormal` draw rows [from, to) of a longer tensor. */
function rowIds(from: number, to: number): Uint32Array {
  const ids = new Uint32Array(2 * (to - from));
  for (let i = from; i < to; i++) ids[2 * (i - from)] = i;
  return ids;
}

/** Draws and embeds K and V of one kv head, whole or in parts; docs/model.md, section 2. */
export class HeadEmbedding {
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly #ops: Ops;
  readonly #params: ReaderParams;
  readonly #noise: { readonly key: StreamKey; readonly value: StreamKey };

  constructor(ops: Ops, space: Space, params: ReaderParams, seed: string, head: number, tokens: number) {
    this.#ops = ops;
    this.#params = params;
    this.#noise = { key: hash64(`${seed}/noise/${head}/key`), value: hash64(`${seed}/noise/${head}/value`) };
    this.keys = space.empty(tokens, params.headDim);
    this.values = space.empty(tokens, params.headDim);
  }

  /**
   * Keys of tokens [from, to): rho code + sqrt(1 - rho^2) noise at anchors, sqrt(c) code + sqrt(1 - c) noise at
   * the other tokens of a record, noise elsewhere; then rounded as the cache stores them.
   *
   * @param table codes of the records' keys: (rows, d)
   * @param rowOfRecord row of the table for each record; the record's own number when absent
   */
  embedKeys(map: TokenMap, table: Tensor, rowOfRecord?: Int32Array, from = 0, to = map.record.length): void {
    const { fidelity: rho, coherence: c, kvDtype } = this.#params;
    const rows = rowsOf(this.keys, from, to);
    this.#ops.fillNormal(rows, this.#noise.key, from === 0 ? undefined : rowIds(from, to));
    this.#ops.blendRows(
      rows,
      table,
      tableRows(map, rowOfRecord, from, to),
      map.cls.subarray(from, to),
      [Math.sqrt(1 - c), Math.sqrt(1 - rho * rho)],
      [Math.sqrt(c), rho],
    );
    if (kvDtype !== "f32") this.#ops.round(rows, kvDtype);
  }

  /** Values: the record's value code at its anchor, noise elsewhere; then rounded. @param table (rows, d) */
  embedValues(map: TokenMap, table: Tensor, rowOfRecord: Int32Array): void {
    this.drawValues();
    const rows = tableRows(map, rowOfRecord, 0, map.record.length);
    for (let i = 0; i < rows.length; i++) if (map.cls[i] === member) rows[i] = -1;
    this.#ops.blendRows(this.values, table, rows, map.cls, [1, 0], [0, 1]);
    if (this.#params.kvDtype !== "f32") this.#ops.round(this.values, this.#params.kvDtype);
  }

  /** Values of noise alone, for heads that only look. */
  drawValues(): void {
    this.#ops.fillNormal(this.values, this.#noise.value);
  }

  /** Overwrites the key of token 0, the sink. @param key (1, d) */
  setSink(key: Tensor): void {
    const row = rowsOf(this.keys, 0, 1);
    flat(row).set(flat(key));
    if (this.#params.kvDtype !== "f32") this.#ops.round(row, this.#params.kvDtype);
  }
}
