import { storageOf } from "../../attention/kv-dtype.ts";
import { hash64 } from "../../core/random.ts";
import type { StreamKey } from "../../core/random.ts";
import { emptyPacked, packedRowsOf } from "../../core/packed.ts";
import { flat, isPacked, rowsOf } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import type { RecordSet } from "../../tasks/circuit.ts";
import type { ReaderParams } from "../params.ts";
import type { Workspace } from "./workspace.ts";

const member = 0;
const anchor = 1;

/** The record that each token belongs to, and its part in it. */
export interface TokenMap {
  /** (N) record, -1 outside records */
  readonly record: Int32Array;
  /** (N) 0 for a token of a record, 1 for its anchor */
  readonly cls: Uint8Array;
}

/** Maps tokens to records. */
export function mapTokens({ count, start, anchor: anchors }: RecordSet, tokens: number): TokenMap {
  const record = new Int32Array(tokens).fill(-1);
  const cls = new Uint8Array(tokens);
  for (let r = 0; r < count; r++) {
    record.fill(r, start[r], anchors[r]! + 1);
    cls[anchors[r]!] = anchor;
  }
  return { record, cls };
}

/** Tokens [from, to). */
interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** Rows of a table that tokens [from, to) take: (to - from), -1 for none. */
function tableRows(map: TokenMap, rowOfRecord: Int32Array | undefined, { from, to }: TokenRange): Int32Array {
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

/** Rows drawn in float32 at a time before they are packed: 4 MiB at d = 128. */
const packedAtOnce = 8192;

/** Draws and embeds K and V of one kv head, whole or in parts; docs/model.md, section 2. */
export class HeadEmbedding {
  /** (N, d), as the cache stores them until the prompt has been read */
  readonly keys: Rows;
  readonly values: Rows;
  readonly #ends = new Set<number>();
  readonly #ops: Ops;
  readonly #space: Space;
  readonly #params: ReaderParams;
  readonly #noise: { readonly key: StreamKey; readonly value: StreamKey };

  constructor(
    { ops, spaces, params, seed, tokens }: Pick<Workspace, "ops" | "spaces" | "params" | "seed" | "tokens">,
    head: number,
  ) {
    const { headDim, kvDtype } = params;
    const space = spaces[head]!;
    const { row } = storageOf(kvDtype);
    const empty = (): Rows =>
      row === "f32" ? space.empty(tokens, headDim) : emptyPacked(space, row, tokens, headDim);
    this.#ops = ops;
    this.#space = space;
    this.#params = params;
    this.#noise = { key: hash64(`${seed}/noise/${head}/key`), value: hash64(`${seed}/noise/${head}/value`) };
    this.keys = empty();
    this.values = empty();
  }

  /**
   * Draws the keys of tokens: rho code + sqrt(1 - rho^2) noise at anchors, sqrt(c) code + sqrt(1 - c) noise at
   * the other tokens of a record, noise elsewhere.
   *
   * @param table codes of the records' keys: (rows, d)
   * @param rowOfRecord row of the table for each record; default: the record's own number
   * @param range tokens to embed; default: all
   */
  embedKeys(
    map: TokenMap,
    table: Tensor,
    rowOfRecord?: Int32Array,
    range: TokenRange = { from: 0, to: map.record.length },
  ): void {
    const { fidelity: rho, coherence: c } = this.#params;
    const { from, to } = range;
    for (let t = from; t < to; t++) if (map.cls[t] === anchor) this.#ends.add(t);
    this.#store(this.keys, from, to, (rows, start, stop) => {
      this.#draw(rows, this.#noise.key, start, stop);
      this.#ops.blendRows(rows, {
        table,
        index: tableRows(map, rowOfRecord, { from: start, to: stop }),
        classes: map.cls.subarray(start, stop),
        self: [Math.sqrt(1 - c), Math.sqrt(1 - rho * rho)],
        other: [Math.sqrt(c), rho],
      });
    });
  }

  /** Draws values: the record's value code at its anchor, noise elsewhere. @param table (rows, d) */
  embedValues(map: TokenMap, table: Tensor, rowOfRecord: Int32Array): void {
    const tableRow = tableRows(map, rowOfRecord, { from: 0, to: map.record.length });
    for (let i = 0; i < tableRow.length; i++) if (map.cls[i] === member) tableRow[i] = -1;
    this.#store(this.values, 0, tableRow.length, (rows, start, stop) => {
      this.#draw(rows, this.#noise.value, start, stop);
      this.#ops.blendRows(rows, {
        table,
        index: tableRow.subarray(start, stop),
        classes: map.cls.subarray(start, stop),
        self: [1, 0],
        other: [0, 1],
      });
    });
  }

  /** Draws values of noise alone, for heads that only count. */
  drawValues(): void {
    this.#store(this.values, 0, this.values.shape[0], (rows, start, stop) => {
      this.#draw(rows, this.#noise.value, start, stop);
    });
  }

  /** Tokens at which a record ends, and the sink, ascending. */
  get ends(): Int32Array {
    return Int32Array.from(this.#ends).sort();
  }

  /** Overwrites the key of the sink, token 0. @param key (1, d) */
  setSink(key: Tensor): void {
    this.#ends.add(0);
    this.#store(this.keys, 0, 1, (row) => {
      flat(row).set(flat(key));
    });
  }

  /** Draws rows [from, to) of a noise stream. */
  #draw(rows: Tensor, stream: StreamKey, from: number, to: number): void {
    this.#ops.fillNormal(rows, stream, from === 0 ? undefined : rowIds(from, to));
  }

  /** Draws the rows [from, to) in float32: in place, or a part at a time where rows are packed. */
  #store(rows: Rows, from: number, to: number, make: (part: Tensor, from: number, to: number) => void): void {
    if (!isPacked(rows)) {
      make(rowsOf(rows, from, to), from, to);
      return;
    }
    for (let start = from; start < to; start += packedAtOnce) {
      const stop = Math.min(to, start + packedAtOnce);
      this.#space.scoped(() => {
        const part = this.#space.empty(stop - start, this.#params.headDim);
        make(part, start, stop);
        this.#ops.pack(part, packedRowsOf(rows, start, stop));
      });
    }
  }
}
