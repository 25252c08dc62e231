import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import util from "node:util";
import type { Tf } from "./api.ts";

export interface TfjsStatus {
  readonly usable: boolean;
  /** of tfjs-node */
  readonly version?: string;
  /** why it is not usable */
  readonly reason?: string;
}

export interface LoadOptions {
  /** how many TensorFlow may use: all cores when absent. It reads them when a process first loads it. */
  readonly threads?: number;
  /** loads the package */
  readonly require?: (name: string) => unknown;
}

/** Not an import, which would not compile where the package is absent; it is CommonJS. */
const requireHere = createRequire(import.meta.url);

/** Whether @tensorflow/tfjs-node can be loaded here, and why not. Never throws. */
export function tfjsStatus(options: LoadOptions = {}): TfjsStatus {
  try {
    return { usable: true, version: loadTf(options).tf.version["tfjs-node"]! };
  } catch (error) {
    return { usable: false, reason: reasonOf(error) };
  }
}

/**
 * TensorFlow, and the threads it was loaded with.
 *
 * @throws whatever `require` throws where the package or its native addon is missing
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

/** TensorFlow reads these when it is loaded. What the user has set stays. */
function prepareEnvironment(threads: number): void {
  process.env[threadsVariable] ??= String(threads);
  // errors only
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  // oneDNN is no faster for these shapes, and announces itself on standard error at any log level
  process.env["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const firstLine = error.message.split("\n", 1)[0]!.trim();
  if ("code" in error && error.code === "MODULE_NOT_FOUND") return `not installed: ${firstLine}`;
  if (/tfjs_binding|native addon|\.node\b|\.so\b/.test(firstLine))
    return `native addon not built: ${firstLine}`;
  return firstLine;
}
