import type { Ops } from "../ops.ts";
import { agreementOf, differenceOf } from "./agreement.ts";
import type { ResultAgreement } from "./agreement.ts";
import { callOf } from "./calls.ts";
import type { WorkloadCall } from "./calls.ts";
import type { BenchOperands } from "./operands.ts";
import { timeCalls } from "./timing.ts";
import type { Effort } from "./timing.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Something that is measured: an engine, or another program. */
export interface BenchSubject {
  readonly name: string;
  readonly threads: number;
  /** whether it is another program, which engines are compared with */
  readonly peer?: true;
  /** Distance of its result from float64; undefined for a workload that it does not do. */
  check(workload: KernelWorkload): ResultAgreement | undefined | Promise<ResultAgreement | undefined>;
  /** Milliseconds of each call. */
  time(workload: KernelWorkload, effort: Effort): number[] | Promise<number[]>;
}

/** Engines that share operands and float64 results. */
export function engineSubjects(engines: readonly Ops[], operands: BenchOperands): BenchSubject[] {
  const calls = new Map<KernelWorkload, WorkloadCall>();
  const remembered = (workload: KernelWorkload): WorkloadCall => {
    const call = calls.get(workload) ?? callOf(workload, operands);
    calls.set(workload, call);
    return call;
  };
  return engines.map((ops) => ({
    name: ops.name,
    threads: ops.threads,
    check(workload) {
      const { run, sample, expected, spoil } = remembered(workload);
      return operands.space.scoped(() => {
        spoil?.();
        return agreementOf(workload, differenceOf(sample(run(ops)), expected));
      });
    },
    time(workload, effort) {
      const { run } = remembered(workload);
      return timeCalls(() => operands.space.scoped(() => void run(ops)), effort);
    },
  }));
}
