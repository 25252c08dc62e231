import { hash64 } from "../../core/random.ts";
import type { StreamKey } from "../../core/random.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { Rows, Tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import type { RecordSet } from "../../tasks/circuit.ts";
import type { ReaderParams } from "../params.ts";
import { HeadMemory, rowIds } from "./head-memory.ts";
import type { RowRange } from "./head-memory.ts";
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

/** Rows of a table that tokens [from, to) take: (to - from), -1 for none. */
function tableRows(map: TokenMap, rowOfRecord: Int32Array | undefined, { from, to }: RowRange): Int32Array {
  const rows = map.record.slice(from, to);
  if (rowOfRecord) for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) rows[i] = rowOfRecord[rows[i]!]!;
  return rows;
}

/** Keys that were embedded at once: the codes of the records, and the tokens. */
interface EmbeddedKeys {
  readonly map: TokenMap;
  /** (rows, d) */
  readonly table: Tensor;
  readonly rowOfRecord: Int32Array | undefined;
  readonly range: RowRange;
}

/** Draws and embeds K and V of one kv head, whole or in parts; docs/model.md, section 2. */
export class HeadEmbedding {
  readonly #rows: HeadMemory;
  readonly #ends = new Set<number>();
  readonly #embedded: EmbeddedKeys[] = [];
  readonly #ops: Ops;
  readonly #params: ReaderParams;
  readonly #noise: { readonly key: StreamKey; readonly value: StreamKey };

  constructor(workspace: Pick<Workspace, "ops" | "spaces" | "params" | "seed" | "tokens">, head: number) {
    const { ops, params, seed } = workspace;
    this.#ops = ops;
    this.#params = params;
    this.#noise = { key: hash64(`${seed}/noise/${head}/key`), value: hash64(`${seed}/noise/${head}/value`) };
    this.#rows = new HeadMemory(workspace, head);
  }

  /** (N, d), as the cache stores them until the prompt has been read */
  get keys(): Rows {
    return this.#rows.keys;
  }

  /** (N, d) */
  get values(): Rows {
    return this.#rows.values;
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
    range: RowRange = { from: 0, to: map.record.length },
  ): void {
    const { fidelity: rho, coherence: c } = this.#params;
    const { from, to } = range;
    this.#embedded.push({ map, table, rowOfRecord, range });
    for (let t = from; t < to; t++) if (map.cls[t] === anchor) this.#ends.add(t);
    this.#rows.store(this.keys, range, (rows, part) => {
      this.#draw(rows, this.#noise.key, part);
      this.#ops.blendRows(rows, {
        table,
        index: tableRows(map, rowOfRecord, part),
        classes: map.cls.subarray(part.from, part.to),
        self: [Math.sqrt(1 - c), Math.sqrt(1 - rho * rho)],
        other: [Math.sqrt(c), rho],
      });
    });
  }

  /** Draws values: the record's value code at its anchor, noise elsewhere. @param table (rows, d) */
  embedValues(map: TokenMap, table: Tensor, rowOfRecord: Int32Array): void {
    const tableRow = tableRows(map, rowOfRecord, { from: 0, to: map.record.length });
    for (let i = 0; i < tableRow.length; i++) if (map.cls[i] === member) tableRow[i] = -1;
    this.#rows.store(this.values, { from: 0, to: tableRow.length }, (rows, part) => {
      this.#draw(rows, this.#noise.value, part);
      this.#ops.blendRows(rows, {
        table,
        index: tableRow.subarray(part.from, part.to),
        classes: map.cls.subarray(part.from, part.to),
        self: [1, 0],
        other: [0, 1],
      });
    });
  }

  /** Draws values of noise alone, for heads that only count. */
  drawValues(): void {
    this.#rows.store(this.values, { from: 0, to: this.values.shape[0] }, (rows, part) => {
      this.#draw(rows, this.#noise.value, part);
    });
  }

  /** Tokens at which a record ends, and the sink, ascending. */
  get ends(): Int32Array {
    return Int32Array.from(this.#ends).sort();
  }

  /** The code of the record whose anchor stands at a token; undefined at other tokens. */
  codeAt(token: number): Float32Array | Float64Array | undefined {
    const own = this.#embedded.findLast(({ range }) => token >= range.from && token < range.to);
    if (own?.map.cls[token] !== anchor) return undefined;
    const [row] = tableRows(own.map, own.rowOfRecord, { from: token, to: token + 1 });
    return row! < 0 ? undefined : flat(rowsOf(own.table, row!, row! + 1));
  }

  /** Overwrites the key of the sink, token 0. @param key (1, d) */
  setSink(key: Tensor): void {
    this.#ends.add(0);
    this.#rows.store(this.keys, { from: 0, to: 1 }, (row) => {
      flat(row).set(flat(key));
    });
  }

  /** Draws rows of a noise stream. */
  #draw(rows: Tensor, stream: StreamKey, range: RowRange): void {
    this.#ops.fillNormal(rows, stream, rowIds(range));
  }
}
