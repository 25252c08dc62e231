import type { StreamKey } from "../../core/random.ts";
import type { PackedRows } from "../../core/packed.ts";
import type { RowLists, Rows, Tensor } from "../../core/tensor.ts";
import { flat, isPacked, tensor } from "../../core/tensor.ts";
import { matrix, rowsShape, sameShape, sameWidth } from "../matrix.ts";
import type { AttendOptions, Attended, Blend, Ops, RowFactors, SketchPart, Space, Table } from "../ops.ts";
import type { StateOptions, StateRead } from "../state.ts";
import type { RowDtype } from "../../core/dtype.ts";
import { attend } from "./attend.ts";
import type { AttendTensors } from "./attend.ts";
import { reluScores, scores, scoresAt, softmax, topK } from "./select.ts";
import { sketch } from "./sketch.ts";
import { readState } from "./state.ts";
import type { WasmSpace } from "./space.ts";
import { padded, rowsPerChunk } from "./split.ts";
import { WasmRegion } from "./region.ts";
import { placeTable, roomFor } from "./table.ts";
import type { KernelThreads } from "./kernel-threads.ts";

/** Hand-written SIMD kernels: the same bits for any number of threads and on every machine. */
export class WasmEngine implements Ops {
  readonly name = "wasm";
  readonly threads: number;
  readonly #threads: KernelThreads;
  /** memory for copies of tensors of the JavaScript heap */
  readonly #bench: WasmSpace;

  constructor(threads: KernelThreads) {
    this.threads = threads.count;
    this.#threads = threads;
    this.#bench = threads.memory("copies of tensors on the JavaScript heap");
  }

  space(label: string): Space {
    return new WasmRegion(() => this.#threads.memory(label));
  }

  fillNormal(out: Tensor, key: StreamKey, ids?: Uint32Array): void {
    const { rows, width } = matrix(out);
    this.#inPlace(out, (space, address) => {
      const args = [address, rows, width, ...key, ids ? space.copyIn(ids) : 0];
      overRows(space, {
        kernel: "fillNormal",
        rows,
        width,
        perChunk: rowsPerChunk(width),
        scratch: 32,
        args,
      });
    });
  }

  blendRows(out: Tensor, { table, index, classes, self, other }: Blend): void {
    const { rows, width } = matrix(out);
    sameWidth("the table", matrix(table).width, width);
    const factors = Float32Array.from(self.flatMap((factor, c) => [factor, other[c]!]));
    this.#inPlace(out, (space, address) => {
      const [tableAt, indexAt] = [space.place(table), space.copyIn(index)];
      const args = [address, rows, width, tableAt, indexAt, space.copyIn(classes), space.copyIn(factors)];
      overRows(space, { kernel: "blendRows", rows, width, perChunk: rowsPerChunk(width), args });
    });
  }

  round(rows: Tensor, dtype: RowDtype): void {
    if (dtype === "f32") return;
    const { rows: n, width } = matrix(rows);
    const kernel = { bf16: "roundBf16", fp8: "roundFp8", nvfp4: "roundNvfp4" }[dtype];
    this.#inPlace(rows, (space, address) =>
      overRows(space, {
        kernel,
        rows: n,
        width,
        perChunk: rowsPerChunk(width),
        args: [address, n, width],
      }),
    );
  }

  pack(rows: Tensor, into: PackedRows): void {
    const { rows: n, width } = matrix(rows);
    sameShape(into.shape, [n, width]);
    const kernel = { bf16: "packBf16", fp8: "packFp8", nvfp4: "packNvfp4" }[into.dtype];
    const home = this.#spaceOf(into);
    const space = home ?? this.#bench;
    space.scoped(() => {
      const to = space.placeBytes(into.codes);
      const args = [space.place(rows), n, width, to];
      overRows(space, { kernel, rows: n, width, perChunk: rowsPerChunk(width), scratch: 16, args });
      if (!home) into.codes.set(new Uint8Array(space.memory.buffer, to, into.codes.length));
    });
  }

  sketch(parts: readonly SketchPart[], out: Tensor): void {
    const spaceOf = (t: Rows): WasmSpace => this.#spaceOf(t) ?? this.#bench;
    sketch({ spaceOf, inPlace: this.#inPlace.bind(this) }, parts, out);
  }

  attend(queries: Tensor, keys: Table, values: Table, options: AttendOptions): Attended {
    return attend(this.#tensors(queries, keys, values), options);
  }

  readState(queries: Tensor, keys: Table, values: Table, options: StateOptions): StateRead {
    return readState(this.#tensors(queries, keys, values), options);
  }

  rowProducts(rows: Rows, factors?: RowFactors): Float64Array {
    const { rows: n, width } = rowsShape(rows);
    const space = this.#spaceOf(rows) ?? this.#bench;
    const by = factors && matrix(factors.vectors);
    sameWidth("vectors", by?.width ?? width, width);
    return space.scoped(() => {
      const out = space.allocate(8 * n);
      const vectors = by
        ? by.data instanceof Float64Array
          ? space.copyDoubles(by.data)
          : space.place(factors.vectors)
        : 0;
      overRows(space, {
        kernel: "rowProducts",
        rows: n,
        width,
        perChunk: rowsPerChunk(width),
        scratch: 4 * roomFor(1, width),
        args: [
          placeTable(space, rows),
          n,
          vectors,
          by?.data instanceof Float64Array ? 1 : 0,
          factors?.every ?? n,
          out,
        ],
      });
      return space.doubles(out, n).slice();
    });
  }

  scores(queries: Tensor, table: Table): Tensor {
    const shape = [queries.shape[0]!, table.tensor.shape[0]];
    return this.#produce(table.tensor, shape, (space, out) => scores(space, queries, table.tensor, out));
  }

  scoresAt(queries: Tensor, table: Table, rows: RowLists): Float32Array {
    const space = this.#spaceOf(table.tensor) ?? this.#bench;
    return space.scoped(() => scoresAt(space, queries, table.tensor, rows));
  }

  reluScores(queries: Tensor, weights: Float32Array, table: Table): Tensor {
    const shape = [queries.shape[0]! / weights.length, table.tensor.shape[0]];
    return this.#produce(table.tensor, shape, (space, out) =>
      reluScores(space, { queries, weights, rows: table.tensor }, out),
    );
  }

  /** With min <= max, the larger product is the positive part times max plus the negative part times min. */
  boundScores(queries: Tensor, bounds: Table): Tensor {
    const { data, rows, width } = matrix(queries);
    sameWidth("bounds", rowsShape(bounds.tensor).width, 2 * width);
    const parts = new Float32Array(2 * rows * width);
    for (let i = 0; i < rows; i++)
      for (let c = 0; c < width; c++) {
        parts[2 * i * width + c] = Math.min(0, data[i * width + c]!);
        parts[(2 * i + 1) * width + c] = Math.max(0, data[i * width + c]!);
      }
    return this.scores(tensor(parts, [rows, 2 * width]), bounds);
  }

  softmax(scoresOf: Tensor, visible: Int32Array, scale: number): void {
    const { rows, width } = matrix(scoresOf);
    this.#inPlace(scoresOf, (space, address) =>
      softmax(space, { address, queries: rows, n: width }, visible, scale),
    );
  }

  topK(scoresOf: Tensor, k: number, visible: Int32Array): RowLists {
    const { rows, width } = matrix(scoresOf);
    const space = this.#spaceOf(scoresOf) ?? this.#bench;
    return space.scoped(() =>
      topK(space, { address: space.place(scoresOf), queries: rows, n: width }, k, visible),
    );
  }

  blockMean(rows: Rows, block: number, stride: number): Tensor {
    const { rows: n, width } = rowsShape(rows);
    const blocks = Math.ceil(n / stride);
    return this.#produce(rows, [blocks, width], (space, out) =>
      overRows(space, {
        kernel: "blockMean",
        rows: blocks,
        width: width * block,
        perChunk: rowsPerChunk(width * block),
        scratch: 4 * padded(width) + roomFor(1, width),
        args: [placeTable(space, rows), n, block, stride, out],
      }),
    );
  }

  pageMinMax(rows: Rows, page: number): Tensor {
    const { rows: n, width } = rowsShape(rows);
    const pages = Math.ceil(n / page);
    return this.#produce(rows, [pages, 2 * width], (space, out) =>
      overRows(space, {
        kernel: "pageMinMax",
        rows: pages,
        width: width * page,
        perChunk: rowsPerChunk(width * page),
        scratch: 8 * padded(width) + roomFor(1, width),
        args: [placeTable(space, rows), n, page, out],
      }),
    );
  }

  close(): void {
    this.#threads.close();
  }

  #tensors(queries: Tensor, keys: Table, values: Table): AttendTensors {
    const keySpace = this.#spaceOf(keys.tensor) ?? this.#bench;
    return { queries, keys, values, keySpace, valueSpace: this.#spaceOf(values.tensor) ?? keySpace };
  }

  #spaceOf(t: Rows): WasmSpace | undefined {
    return this.#threads.owner((isPacked(t) ? t.codes : t.data).buffer);
  }

  /** Works on a tensor in place, or on a copy that is then copied back. */
  #inPlace(t: Tensor, work: (space: WasmSpace, address: number) => void): void {
    const home = this.#spaceOf(t);
    const space = home ?? this.#bench;
    space.scoped(() => {
      const address = space.place(t);
      work(space, address);
      if (!home) flat(t).set(space.floats(address, t.size));
    });
  }

  /** Makes a tensor in the space of `source`, or on the JavaScript heap if `source` lies there; `work` fills it. */
  #produce(source: Rows, shape: readonly number[], work: (space: WasmSpace, out: number) => void): Tensor {
    const home = this.#spaceOf(source);
    if (home) {
      const out = home.empty(...shape);
      home.scoped(() => work(home, out.data.byteOffset));
      return out;
    }
    return this.#bench.scoped(() => {
      const out = this.#bench.empty(...shape);
      work(this.#bench, out.data.byteOffset);
      return tensor(Float32Array.from(out.data), shape);
    });
  }
}

interface RowJob {
  readonly kernel: string;
  readonly rows: number;
  /** numbers touched for each row */
  readonly width: number;
  readonly perChunk: number;
  /** bytes that each thread needs; default: 0 */
  readonly scratch?: number;
  readonly args: readonly number[];
}

/** Runs a kernel over chunks of `perChunk` rows. */
function overRows(space: WasmSpace, { kernel, rows, width, perChunk, scratch = 0, args }: RowJob): void {
  const items = Math.ceil(rows / perChunk);
  space.run({ kernel, items, args: [perChunk, ...args], scratch, work: rows * width });
}
