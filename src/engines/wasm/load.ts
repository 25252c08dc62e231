import { existsSync, readFileSync } from "node:fs";
import type { Ops } from "../ops.ts";
import { WasmEngine } from "./engine.ts";
import { Threads } from "./threads.ts";

export interface WasmOptions {
  readonly threads: number;
  /** multiplications up to which a call stays on the calling thread */
  readonly fanOutAbove?: number;
}

/** About 100 us on one thread. */
const defaultFanOut = 2 ** 19;

/**
 * The engine on worker threads of Node.
 *
 * @throws Error if the kernels have not been compiled
 */
export const wasmEngine = ({ threads, fanOutAbove = defaultFanOut }: WasmOptions): Ops =>
  new WasmEngine(new Threads(new WebAssembly.Module(readKernels()), threads, fanOutAbove));

/** File of the compiled kernels, which `npm run build` writes. */
const kernelsFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/kernels.wasm" : "../../../kernels.wasm",
  import.meta.url,
);

const missing = "the wasm kernels are missing: run `npm run build`";

/** Whether the kernels have been compiled. */
export const wasmStatus = (): { usable: boolean; reason?: string } =>
  existsSync(kernelsFile) ? { usable: true } : { usable: false, reason: missing };

/** Reads the compiled kernels. @throws Error if there are none */
export function readKernels(): Uint8Array<ArrayBuffer> {
  if (!wasmStatus().usable) throw new Error(missing);
  return new Uint8Array(readFileSync(kernelsFile));
}
