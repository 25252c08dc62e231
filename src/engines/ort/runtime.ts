import { someRows } from "../operands.ts";
import type { Operand } from "../operands.ts";
import type { Ort, OrtSession, OrtTensor } from "./load.ts";
import { ortTensor } from "./load.ts";
import type { OnnxGraph } from "./onnx.ts";
import { encodeModel } from "./onnx.ts";

/** Runs graphs on matrices in place. */
export class Runtime {
  readonly #ort: Ort;
  readonly #threads: number;
  readonly #sessions = new Map<OnnxGraph, OrtSession>();
  /** copies of shared memory, one for each name */
  readonly #copies = new Map<string, Float32Array>();

  constructor(ort: Ort, threads: number) {
    this.#ort = ort;
    this.#threads = threads;
  }

  /** Whether ONNX Runtime can read and write these numbers in place. */
  reaches({ buffer }: Float32Array): boolean {
    return this.#ort.seesSharedMemory || !(buffer instanceof SharedArrayBuffer);
  }

  /** Rows [from, to) within reach: a view, or a copy that lasts until the next one of its name. */
  within(name: string, table: Operand, from: number, to: number): Operand {
    const view = someRows(table, from, to);
    if (this.reaches(view.data)) return view;
    let copy = this.#copies.get(name);
    if (!copy || copy.length < view.data.length) {
      copy = new Float32Array(view.data.length);
      this.#copies.set(name, copy);
    }
    copy.set(view.data);
    return { ...view, data: copy.subarray(0, view.data.length) };
  }

  /** Fills `results`, which are within reach, with the graph's outputs. */
  run(
    graph: OnnxGraph,
    feeds: Readonly<Record<string, Operand>>,
    results: Readonly<Record<string, Operand>>,
  ): void {
    let session = this.#sessions.get(graph);
    if (!session) {
      session = this.#ort.session(encodeModel(graph), this.#threads);
      this.#sessions.set(graph, session);
    }
    const reached = Object.entries(feeds).map(
      ([name, feed]) => [name, this.within(name, feed, 0, feed.rows)] as const,
    );
    session.run(tensors(Object.fromEntries(reached)), tensors(results), {});
  }

  close(): void {
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
  }
}

const tensors = (operands: Readonly<Record<string, Operand>>): Record<string, OrtTensor> =>
  Object.fromEntries(
    Object.entries(operands).map(([name, { data, rows, width }]) => [name, ortTensor(data, [rows, width])]),
  );
