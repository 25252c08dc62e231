import type { WasmSpace } from "./space.ts";

/** The threads that run an engine's kernels, and the memories that they know. */
export interface KernelThreads {
  readonly count: number;
  /** A memory that the kernels can work in. */
  memory(label: string): WasmSpace;
  /** The memory that a buffer belongs to. */
  owner(buffer: ArrayBufferLike): WasmSpace | undefined;
  close(): void;
}
