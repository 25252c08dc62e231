import { readKernels } from "./engine.ts";
import { Threads } from "./threads.ts";

/** Kernels that do what a machine can do at most, each run a known amount of it. */
export interface LimitKernels {
  readonly bytesRead: number;
  /** Reads memory once. Gives the sum of what it read. */
  read(): number;
  readonly flops: number;
  /** Multiplies and adds in registers, 128 bits at a time and unfused. Gives the sum of the registers. */
  multiplyAdd(): number;
  close(): void;
}

/** More than any cache holds. */
const defaultBytes = 2 ** 29;
const items = 64;
/** About half a millisecond. */
const steps = 2 ** 18;
/** Floating-point operations of one step: two on each lane of twelve vectors. */
const flopsPerStep = 2 * 4 * 12;

/** @param bytes a multiple of 8192 that `read` goes over */
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
  space.floats(numbers, bytes / 4).fill(1); // memory never written to is one page of zeros, and stays in the cache
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
      space.run({ kernel: "multiplyAddChains", items, args: [steps, out], scratch: 0, work: steps });
      return sum();
    },
    close: () => threads.close(),
  };
}
