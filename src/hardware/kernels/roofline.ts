import { peakRates } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import { kernelTime, sideBySide } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";
import { neededOf } from "../system.ts";
import type { System } from "../system.ts";

/** Work of a kernel. */
export interface Work {
  readonly precision: Precision;
  readonly flops: number;
  readonly bytes: number;
  readonly exponentials?: number;
  /** numbers in the model's matrices that it multiplies */
  readonly weights?: number;
}

/** Rates of a kernel as shares of peak rates. Without a share for exponentials, these hide behind the rest. */
export interface Efficiency {
  readonly overhead: number;
  readonly compute: number;
  readonly memory: number;
  readonly overlap: number;
  readonly exponentials?: number;
}

/** Peak arithmetic of a GPU in a precision, FLOP/s. */
const peak = (system: System, precision: Precision): number =>
  neededOf(system, peakRates[precision], `products in ${precision}`).value;

/** Time of a kernel: its overhead, then arithmetic, HBM and exponentials, which overlap in part. */
export function roofline(machine: Machine, name: string, work: Work, c: Efficiency): OperatorTime {
  const { gpu } = machine.system;
  const { flops, bytes, exponentials = 0, weights = 0 } = work;
  const arithmetic = flops / (peak(machine.system, work.precision) * c.compute);
  const memory = bytes / (gpu.hbmBandwidth.value * c.memory);
  const special =
    c.exponentials === undefined
      ? 0
      : exponentials / (neededOf(machine.system, "gpu.exponentials", name).value * c.exponentials);
  return kernelTime(
    name,
    c.overhead + sideBySide(c.overlap, [arithmetic, memory, special]),
    [
      { what: "arithmetic", seconds: arithmetic, amount: flops, unit: "FLOP" },
      { what: "HBM", seconds: memory, amount: bytes, unit: "B" },
      { what: "exponentials", seconds: special, amount: exponentials, unit: "exp" },
      { what: "overhead", seconds: c.overhead },
    ],
    { exponentials, weights },
  );
}

/** Share of a GPU that is busy, given the work as a multiple x of what would fill it: near x below 1, near 1 above. */
export const occupancy = (x: number): number => (x === Infinity ? 1 : x / (1 + x ** 4) ** (1 / 4));
