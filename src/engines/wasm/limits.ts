import { readKernels } from "./load.ts";
import { Threads } from "./threads.ts";

/** Kernels that reach the limits of a machine. Each run does a known amount of work. */
export interface LimitKernels {
  readonly bytesRead: number;
  /** Reads memory once. Returns the sum of the numbers. */
  read(): number;
  readonly flops: number;
  /** Multiplies and adds in registers, 128 bits at a time and unfused. Returns the sum of the registers. */
  multiplyAdd(): number;
  close(): void;
}

/** Bytes to read: more than any cache holds. */
const defaultBytes = 2 ** 29;
const items = 64;
/** Steps of a run: about half a millisecond. */
const steps = 2 ** 18;
/** Floating-point operations of one step: two on each lane of twelve vectors. */
const flopsPerStep = 2 * 4 * 12;

/** @param bytes bytes that `read` goes over, a multiple of 8192 */
export function limitKernels({
  threads: count,
  bytes = defaultBytes,
}: {
  threads: number;
  bytes?: number;
}): LimitKernels {
  const threads = new Threads(new WebAssembly.Module(readKernels()), count, 0);
  const space = threads.memory("limits of the machine");
  const out = space.allocate(4 * items);
  const numbers = space.allocate(bytes);
  space.floats(numbers, bytes / 4).fill(1); // memory that was never written is one page of zeros, which stays in the cache
  const sum = (): number => space.floats(out, items).reduce((total, x) => total + x, 0);
  return {
    bytesRead: bytes,
    flops: items * steps * flopsPerStep,
    read() {
      const args = [bytes / 4 / items, numbers, out];
      space.run({ kernel: "readStream", items, args, scratch: 0, work: bytes });
      return sum();
    },
    multiplyAdd() {
      space.run({ kernel: "multiplyAddChains", items, args: [steps, out], scratch: 8, work: steps });
      return sum();
    },
    close: () => threads.close(),
  };
}
