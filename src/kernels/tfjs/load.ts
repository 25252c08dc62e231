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
  /** imports the package */
  readonly importer?: () => Promise<unknown>;
}

/** Not a literal in the import: the program compiles where the package is absent. */
const addon: string = "@tensorflow/tfjs-node";

/** Whether @tensorflow/tfjs-node can be loaded here, and why not. Never throws. */
export async function tfjsStatus(options: LoadOptions = {}): Promise<TfjsStatus> {
  try {
    const { tf } = await loadTf(options);
    return { usable: true, version: tf.version["tfjs-node"]! };
  } catch (error) {
    return { usable: false, reason: reasonOf(error) };
  }
}

/**
 * TensorFlow, and the threads it was loaded with.
 *
 * @throws whatever the import throws where the package or its native addon is missing
 */
export async function loadTf({
  threads = availableParallelism(),
  importer = () => import(addon),
}: LoadOptions): Promise<{ tf: Tf; threads: number }> {
  restoreUtil();
  prepareEnvironment(threads);
  const module = (await importer()) as { default: Tf };
  return { tf: module.default, threads: Number(process.env[threadsVariable]) };
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
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND") return `not installed: ${firstLine}`;
  if (/tfjs_binding|native addon|\.node\b|\.so\b/.test(firstLine))
    return `native addon not built: ${firstLine}`;
  return firstLine;
}
