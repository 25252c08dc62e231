import type { MessagePort } from "node:worker_threads";

/** Data that a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly control: SharedArrayBuffer;
  /** receives `RegionMessage`s, sends error messages */
  readonly port: MessagePort;
  /** number of the worker, 1 ... threads - 1; the calling thread is 0 */
  readonly thread: number;
}

/** A region that workers are to know, or to forget if `memory` is absent. */
export interface RegionMessage {
  readonly region: number;
  readonly memory?: WebAssembly.Memory;
}

/**
 * Words of the control block. A job is published by writing it, opening it and adding one to `generation`, on which
 * workers wait. Every thread then takes items from `next` until none is left. The caller closes the job when it finds
 * no more items, and waits until no worker is active. A worker that wakes up late finds the job closed.
 */
export const word = {
  generation: 0,
  open: 1,
  next: 2,
  active: 3,
  ready: 4,
  failed: 5,
  /** index of the kernel among the module's exports */
  kernel: 6,
  region: 7,
  items: 8,
  argumentCount: 9,
} as const;

const argumentsOffset = 64;
const maxArguments = 24;
export const controlBytes = argumentsOffset + 8 * maxArguments;

/** The control block as words and as arguments of a job. The first two arguments are the scratch and its size. */
export const controlViews = (control: SharedArrayBuffer): { words: Int32Array; args: Float64Array } => ({
  words: new Int32Array(control, 0, argumentsOffset / 4),
  args: new Float64Array(control, argumentsOffset, maxArguments),
});

/** Runs items of the published job until none is left. */
export function runItems(
  words: Int32Array,
  kernel: (...args: number[]) => number,
  scratch: number,
  args: readonly number[],
): void {
  const items = words[word.items]!;
  for (;;) {
    const item = Atomics.add(words, word.next, 1);
    if (item >= items) return;
    kernel(item, scratch, ...args);
  }
}
