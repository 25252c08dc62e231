import { availableParallelism } from "node:os";
import util from "node:util";
import type { NativeStatus, Require } from "../native.ts";
import { requireHere, statusOf } from "../native.ts";
import type { Tf } from "./api.ts";

export interface LoadOptions {
  /** threads that TensorFlow may use, read when a process first loads it; default: all cores */
  readonly threads?: number;
  readonly require?: Require;
}

/** Whether @tensorflow/tfjs-node can be loaded here, and why not. Never throws. */
export const tfjsStatus = (options: LoadOptions = {}): NativeStatus =>
  statusOf(() => loadTf(options).tf.version["tfjs-node"]!);

/**
 * Loads TensorFlow. Returns it with its number of threads.
 *
 * @throws the error of `require` if the package or its native addon is missing
 */
export function loadTf({ threads = availableParallelism(), require = requireHere }: LoadOptions = {}): {
  tf: Tf;
  threads: number;
} {
  restoreUtil();
  prepareEnvironment(threads);
  const tf = require("@tensorflow/tfjs-node") as Tf;
  return { tf, threads: Number(process.env[threadsVariable]) };
}

/** tfjs-node 4.22 calls two functions that Node 23 removed. */
function restoreUtil(): void {
  const legacy = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  legacy.isArray ??= Array.isArray;
  legacy.isNullOrUndefined ??= (value: unknown) => value == null;
}

const threadsVariable = "TF_NUM_INTRAOP_THREADS";

/** Sets the variables that TensorFlow reads when it is loaded, but for those that the user has set. */
function prepareEnvironment(threads: number): void {
  process.env[threadsVariable] ??= String(threads);
  // errors only
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  // oneDNN is no faster for these shapes, and announces itself on standard error at any log level
  process.env["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
}
