import type { Tensor } from "../../core/tensor.ts";
import type { Space } from "../ops.ts";
import type { WasmSpace } from "./space.ts";

/** A region of one memory of 4 GiB or more. A tensor lies whole in the first memory that has room for it. */
export class WasmRegion implements Space {
  readonly #memories: WasmSpace[];
  readonly #open: () => WasmSpace;

  /** @param open makes another memory */
  constructor(open: () => WasmSpace) {
    this.#memories = [open()];
    this.#open = open;
  }

  empty(...shape: number[]): Tensor {
    return this.#withRoom(4 * shape.reduce((a, b) => a * b, 1)).empty(...shape);
  }

  bytes(length: number): Uint8Array {
    return this.#withRoom(length).bytes(length);
  }

  scoped<T>(work: () => T): T {
    const tops = this.#memories.map((memory) => memory.top);
    try {
      return work();
    } finally {
      for (const [i, memory] of this.#memories.entries()) memory.giveBack(tops[i]);
    }
  }

  clear(): void {
    for (const memory of this.#memories) memory.giveBack();
  }

  /** A memory with `bytes` left, or an empty one, which then throws its error. */
  #withRoom(bytes: number): WasmSpace {
    const found = this.#memories.find((memory) => memory.left >= bytes || memory.isEmpty);
    if (found) return found;
    const another = this.#open();
    this.#memories.push(another);
    return another;
  }
}
