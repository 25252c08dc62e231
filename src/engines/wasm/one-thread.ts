import type { Ops } from "../ops.ts";
import { WasmEngine } from "./engine.ts";
import type { KernelThreads } from "./kernel-threads.ts";
import { WasmSpace } from "./space.ts";

/**
 * The engine on the calling thread alone, where there is no Node: the same bits as with more threads.
 *
 * @param kernels the compiled kernels
 */
export const wasmEngineHere = (kernels: Uint8Array<ArrayBuffer>): Ops =>
  new WasmEngine(new OneThread(new WebAssembly.Module(kernels)));

/** The calling thread. */
class OneThread implements KernelThreads {
  readonly count = 1;
  readonly #module: WebAssembly.Module;
  readonly #owners = new WeakMap<ArrayBufferLike, WasmSpace>();
  #regions = 0;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  memory(label: string): WasmSpace {
    return new WasmSpace({
      id: this.#regions++,
      label,
      module: this.#module,
      owners: this.#owners,
      run: (space, { kernel, items, args, scratch }) =>
        space.scoped(() => {
          const address = space.allocate(scratch);
          const run = space.kernels[kernel]!;
          for (let item = 0; item < items; item++) run(item, address, ...args);
        }),
    });
  }

  owner(buffer: ArrayBufferLike): WasmSpace | undefined {
    return this.#owners.get(buffer);
  }

  /** There is nothing to close: no other thread was started. */
  close(): void {}
}
