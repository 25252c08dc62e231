import type { NativeStatus, Require } from "../native.ts";
import { requireHere, statusOf } from "../native.ts";
import { products } from "./graphs.ts";
import { encodeModel } from "./onnx.ts";

/** A tensor for the binding. */
export interface OrtTensor {
  readonly type: "float32";
  readonly data: Float32Array;
  readonly dims: readonly number[];
  readonly location: "cpu";
}

/** A session of ONNX Runtime. Unlike that of the package's public interface, it runs synchronously. */
export interface OrtSession {
  loadModel(buffer: ArrayBuffer, byteOffset: number, byteLength: number, options: object): void;
  /** Writes the outputs into the tensors of `fetches`. */
  run(feeds: Record<string, OrtTensor>, fetches: Record<string, OrtTensor>, options: object): unknown;
  dispose(): void;
}

/** The part of onnxruntime-node that the engine needs. */
export interface Ort {
  readonly version: string;
  session(model: Uint8Array<ArrayBuffer>, threads: number): OrtSession;
  /** Whether Node lets native code see shared memory: from 22.21 and 24.9 on. */
  readonly seesSharedMemory: boolean;
}

/** dist/binding.js of the package, below its public interface: types of the functions that are called. */
interface Internals {
  readonly binding?: { readonly InferenceSession?: (new () => OrtSession) & { prototype: OrtSession } };
  readonly initOrt?: () => void;
}

/** Whether onnxruntime-node can be used here, and why not. Never throws. */
export const ortStatus = ({ require }: { require?: Require } = {}): NativeStatus =>
  statusOf(() => loadOrt(require).version);

/**
 * ONNX Runtime through the native binding of onnxruntime-node.
 *
 * @throws Error if the package or its addon is missing, or is of an unknown version
 */
export function loadOrt(require: Require = requireHere): Ort {
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  const { binding, initOrt } = require("onnxruntime-node/dist/binding.js") as Internals;
  const Session = binding?.InferenceSession;
  const methods = ["loadModel", "run", "dispose"] as const;
  if (!initOrt || !Session || methods.some((name) => typeof Session.prototype[name] !== "function"))
    throw new Error(`onnxruntime-node ${version} has no synchronous session where 1.30.0 has it`);
  initOrt();
  const session: Ort["session"] = (model, threads) => {
    const made = new Session();
    made.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(threads));
    return made;
  };
  return { version, session, seesSharedMemory: tryOut(session, version) };
}

const sessionOptions = (threads: number): object => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  // it would keep a memory plan for every shape, and shapes differ from call to call
  enableMemPattern: false,
  logSeverityLevel: 3, // errors
  // spinning threads would take the processor from everything else
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});

/** Runs a product in ordinary memory and in shared memory. @throws Error if its result is not written */
function tryOut(session: Ort["session"], version: string): boolean {
  const product = session(encodeModel(products), 1);
  const run = (memory: ArrayBufferLike): boolean => {
    const [q, rows, result] = [0, 8, 16].map((offset) => new Float32Array(memory, offset, 2));
    q!.set([2, 3]);
    rows!.set([5, 7]);
    const [row, number] = [
      [1, 2],
      [1, 1],
    ];
    product.run(
      { q: ortTensor(q!, row), rows: ortTensor(rows!, row) },
      { result: ortTensor(result!.subarray(0, 1), number) },
      {},
    );
    return result![0] === 31;
  };
  try {
    if (!run(new ArrayBuffer(24)))
      throw new Error(`onnxruntime-node ${version} does not write into the tensors it is given`);
    try {
      return run(new SharedArrayBuffer(24));
    } catch {
      return false;
    }
  } finally {
    product.dispose();
  }
}

export const ortTensor = (data: Float32Array, dims: readonly number[]): OrtTensor => ({
  type: "float32",
  data,
  dims,
  location: "cpu",
});
