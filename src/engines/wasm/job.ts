/** Exports of a module of kernels: func(item, scratch, ...arguments). */
export type Kernels = Readonly<Record<string, (...args: number[]) => number>>;

/** A kernel to run over items 0 ... items - 1, in any order and on any thread. */
export interface Job {
  readonly kernel: string;
  readonly items: number;
  readonly args: readonly number[];
  /** bytes that each thread needs */
  readonly scratch: number;
  /** multiplications, or numbers touched; a small job stays on the calling thread, since waking others takes 75 us */
  readonly work: number;
}
