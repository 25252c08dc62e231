import type { StreamKey } from "../../core/random.ts";
import type { RowLists, Tensor } from "../../core/tensor.ts";
import { flat, rowsOf, tensor } from "../../core/tensor.ts";
import type { AttendOptions, Ops, Space } from "../ops.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Streams of random numbers. */
export const keyStream: StreamKey = [1, 0];
const valueStream: StreamKey = [2, 0];

type TableShape = Pick<KernelWorkload, "rows" | "width">;

/** Numbers of K, and of V, that workloads need. */
export const sizeOf = (shapes: readonly TableShape[]): number =>
  Math.max(...shapes.map(({ rows, width }) => Math.ceil((rows * width) / 128) * 128));

/** Numbers that all workloads share: one K and one V in one space of an engine's memory, normally distributed. */
export class BenchOperands {
  /** space for results */
  readonly space: Space;
  readonly #keys: Tensor;
  readonly #values: Tensor;

  /** @param size numbers of K, and of V: a multiple of 128 */
  constructor(
    memory: Ops,
    readonly size: number,
  ) {
    this.space = memory.space("benchmark");
    const normal = (stream: StreamKey): Tensor => {
      const numbers = this.space.empty(size / 128, 128);
      memory.fillNormal(numbers, stream);
      return numbers;
    };
    this.#keys = normal(keyStream);
    this.#values = normal(valueStream);
  }

  /** (rows, width) */
  keys(shape: TableShape): Tensor {
    return cut(this.#keys, shape);
  }

  /** (rows, width) */
  values(shape: TableShape): Tensor {
    return cut(this.#values, shape);
  }

  /** (1, rows) */
  scores({ rows }: KernelWorkload): Tensor {
    return tensor(flat(this.#keys).subarray(0, rows), [1, rows]);
  }

  /**
   * (queries, width): each query is a multiple of one of the rows that it sees, so that this row has about half of its
   * weight. Without such a row an output would be a mean of a million values near 0, which hides errors.
   */
  queries(workload: KernelWorkload): Tensor {
    const { queries, width } = workload;
    const [keys, listed] = [this.keys(workload), rowListOf(workload)?.rows];
    const seen = listed?.length ?? workload.rows;
    // q = a k: the score a sqrt(width) is to be log(sum of the others' exp) = a^2 / 2 + log(seen)
    const factor = Math.sqrt(width) - Math.sqrt(Math.max(0, width - 2 * Math.log(seen)));
    const all = this.space.empty(queries, width);
    for (let i = 0; i < queries; i++) {
      const place = Math.floor(((i + 0.5) * seen) / queries);
      const row = listed === undefined ? place : listed[place]!;
      flat(all).set(
        flat(rowsOf(keys, row, row + 1)).map((x) => factor * x),
        i * width,
      );
    }
    return all;
  }
}

const cut = (t: Tensor, { rows, width }: TableShape): Tensor =>
  tensor(flat(t).subarray(0, rows * width), [rows, width]);

/** Options of a workload's attention. */
export function attendOptions(workload: KernelWorkload): AttendOptions {
  const { kind, queries, rows, width } = workload;
  const visible = Int32Array.from({ length: queries }, (_, i) => (kind === "prefill" ? i + 1 : rows));
  const lists = rowListOf(workload);
  return { visible, scale: 1 / Math.sqrt(width), ...(lists && { rows: lists }) };
}

/**
 * Rows that a workload's queries list, spread over the whole cache like an indexer's choice; undefined for all rows.
 */
export function rowListOf({ kind, rows, take }: KernelWorkload): RowLists | undefined {
  return kind === "gather" ? spreadLists(1, rows, take) : undefined;
}

/** The same list of rows for each query. */
export function spreadLists(queries: number, rows: number, take: number): RowLists {
  const step = Math.floor(rows / take);
  return {
    offsets: Int32Array.from({ length: queries + 1 }, (_, i) => i * take),
    rows: Int32Array.from({ length: queries * take }, (_, at) => {
      const i = at % take;
      return i * step + ((i * 7919) % step);
    }),
  };
}
