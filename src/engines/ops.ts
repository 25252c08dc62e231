import type { RowDtype } from "../core/dtype.ts";
import type { StreamKey } from "../core/random.ts";
import type { PackedRows } from "../core/packed.ts";
import type { RowLists, Rows, Tensor } from "../core/tensor.ts";
import type { StateOptions, StateRead } from "./state.ts";
import type { Choice } from "./choice.ts";

/**
 * Rows that a cache stores, and the bytes of a row on the modelled machine. The engine itself computes in float32. A
 * counting engine adds up `rowBytes`; the others ignore it.
 */
export interface Table<R extends Rows = Rows> {
  /** (n, width) */
  readonly tensor: R;
  /** K or V, or an index beside them */
  readonly kind: "kv" | "index";
  readonly rowBytes: number;
}

/**
 * A region of an engine's memory, for tensors of at most 4 GiB. Each kv head has one, for its K, V and index. Scratch
 * is taken from its end and given back in reverse order.
 */
export interface Space {
  /** Uninitialised numbers. @throws RangeError for a full region, with the bytes asked for and the bytes left */
  empty(...shape: number[]): Tensor;
  /** `length` uninitialised bytes, for packed rows. @throws RangeError as `empty` */
  bytes(length: number): Uint8Array;
  /** Runs `work`, then gives back everything that it took from this space. */
  scoped<T>(work: () => T): T;
  /** Gives back everything. Tensors taken before must not be used again. */
  clear(): void;
}

/** Rows whose columns are added, with a factor each, to columns of an output. */
export interface SketchPart {
  /** (n, width) */
  readonly rows: Rows;
  /** (width) the output's column that each column is added to */
  readonly outputs: Int32Array;
  /** (width) */
  readonly factors: Float32Array;
}

/** Numbers of a sketch that are carried from one part's memory to the next at a time: 4 MB, which a cache holds. */
export const carried = 2 ** 20;

/** Vectors by which rows are multiplied. */
export interface RowFactors {
  /** (ceil(n / every), width) row i is multiplied by vector floor(i / every) */
  readonly vectors: Tensor;
  readonly every: number;
}

/** Rows to be blended into others. */
export interface Blend {
  /** (m, d) */
  readonly table: Tensor;
  /** (n) the table's row that is blended into each row; a negative number leaves the row alone */
  readonly index: Int32Array;
  /** (n) the class of each row, which names its factors */
  readonly classes: Uint8Array;
  /** factor of a row itself, by class */
  readonly self: readonly number[];
  /** factor of the table's row, by class */
  readonly other: readonly number[];
}

/** Result of a softmax over the rows that each query reads, with the sums from which a caller rebuilds its weights. */
export interface Attended {
  /** (Q, d), on the JavaScript heap */
  readonly output: Tensor;
  /** (Q) largest score; -Infinity for a query that reads no row (its output is 0) */
  readonly max: Float64Array;
  /** (Q) sum of exp(score - max) */
  readonly sum: Float64Array;
  /** (Q) sum of exp(score - max) (score - max), from which the entropy is log(sum) - moment / sum */
  readonly moment: Float64Array;
}

export interface AttendOptions {
  /** (Q) query i sees the keys [0, visible[i]) */
  readonly visible: Int32Array;
  /** factor on q.k */
  readonly scale: number;
  /** rows that each query reads, all of them visible; default: all visible rows */
  readonly rows?: RowLists;
}

/**
 * The primitives of attention on one kv head. All are deterministic, and the same for any number of threads. A tensor
 * outside the engine's memory is copied there first. Results of size (Q, n) are taken from the table's space: call
 * inside `space.scoped`. Every other result lies on the JavaScript heap.
 */
export interface Ops {
  /** name of the engine: reference, wasm, tfjs */
  readonly name: string;
  readonly threads: number;

  /** A region of memory; `label` is for error messages. */
  space(label: string): Space;

  /**
   * Fills `out` (n, width) with standard normal numbers. Row i is the stream (key, id_i), where id_i is the i-th pair of
   * words of `ids`; without `ids` it is (i, 0). This is the only source of simulated data. Its numbers are the same on
   * every engine.
   */
  fillNormal(out: Tensor, key: StreamKey, ids?: Uint32Array): void;

  /**
   * out[i] = self[c] out[i] + other[c] table[index[i]] with c = classes[i], for every row i with index[i] >= 0. (n, d)
   */
  blendRows(out: Tensor, blend: Blend): void;

  /** Rounds in place to numbers that a cache of that type holds. (n, d) */
  round(rows: Tensor, dtype: RowDtype): void;

  /** Packs (n, d) numbers into rows of that shape. Reading them gives the numbers that `round` leaves, to the bit. */
  pack(rows: Tensor, into: PackedRows): void;

  /**
   * out[i, o] = sum of factors[c] rows[i, c] over the parts and their columns c with outputs[c] = o, added in this
   * order. out (n, dim); parts may lie in several spaces. It projects a whole cache (attention/parts/sketch.ts), and as
   * a primitive it takes a tenth of the time that it takes in JavaScript.
   */
  sketch(parts: readonly SketchPart[], out: Tensor): void;

  /** Softmax attention. queries (Q, d) */
  attend(queries: Tensor, keys: Table, values: Table, options: AttendOptions): Attended;

  /** Products of queries with the recurrent state that keys and values were written to. queries (Q, d) */
  readState(queries: Tensor, keys: Table, values: Table, options: StateOptions): StateRead;

  /**
   * (n) inner product of each row with its vector, or with itself: its squared length. Products are added in float64 in
   * the order of their columns, which gives the same bits on every engine.
   */
  rowProducts(rows: Rows, factors?: RowFactors): Float64Array;

  /** scores[i, r] = query_i . row_r: (Q, n) for queries (Q, width). */
  scores(queries: Tensor, table: Table): Tensor;

  /** query_i . row_r for the rows r that each query lists, in the order of `rows.rows`. queries (Q, width) */
  scoresAt(queries: Tensor, table: Table, rows: RowLists): Float32Array | Float64Array;

  /**
   * scores[i, r] = sum_j weights[j] ReLU(query_ij . row_r): (Q, n) for queries (Q J, width), of which rows
   * i J ... i J + J - 1 belong to query i. The lightning indexer of DeepSeek-V3.2 (arXiv 2512.02556).
   */
  reluScores(queries: Tensor, weights: Float32Array, table: Table): Tensor;

  /**
   * scores[i, p] = sum_c max(q_ic min_pc, q_ic max_pc): (Q, pages) for queries (Q, d) and bounds (pages, 2 d). A row of
   * bounds is a page's d minima and then its d maxima. The bound of Quest (arXiv 2406.10774).
   */
  boundScores(queries: Tensor, bounds: Table): Tensor;

  /** weights[i, r] = softmax over r < visible[i] of scale scores[i, r], and 0 beyond; in place. (Q, n) */
  softmax(scores: Tensor, visible: Int32Array, scale: number): void;

  /**
   * Rows of the k largest of scores[i, 0 .. visible[i]) for each i, or of all if there are fewer; ties to the lower
   * row.
   */
  topK(scores: Tensor, k: number, visible: Int32Array): RowLists;

  /**
   * Means of `block` rows every `stride` rows, in the rows' space: (ceil(n / stride), d). A block that the end cuts is
   * the mean of its remaining rows.
   */
  blockMean(rows: Rows, block: number, stride: number): Tensor;

  /** Channel-wise minima and maxima of pages, in the rows' space: (ceil(n / page), 2 d). */
  pageMinMax(rows: Rows, page: number): Tensor;

  /** Is told the scores by which rows are chosen; absent where nobody looks. */
  readonly onChoice?: (choice: Choice) => void;

  /** Ends worker threads. The engine cannot be used again. */
  close(): void;
}
