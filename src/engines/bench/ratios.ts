import { median } from "../../core/stats.ts";
import type { BenchSubject } from "./subject.ts";
import type { KernelWorkload } from "./workloads.ts";

/** Time of a peer over that of an engine in the same round, on one workload: above 1 where the engine is faster. */
export interface BenchRatio {
  readonly workload: string;
  readonly peer: string;
  readonly engine: string;
  /** median over the rounds */
  readonly ratio: number;
  /** of the rounds, the least and the most */
  readonly low: number;
  readonly high: number;
}

/** Milliseconds of one subject on one workload, in each round. */
interface RoundTimes {
  readonly workload: KernelWorkload;
  readonly subject: BenchSubject;
  /** undefined for a wrong result */
  readonly times: readonly number[] | undefined;
}

/** Compares each peer with each engine on the workloads that both were timed on. */
export function ratiosOf(measured: readonly RoundTimes[]): BenchRatio[] {
  const timed = measured.flatMap(({ workload, subject, times }) =>
    times ? [{ workload, subject, times }] : [],
  );
  const engines = timed.filter(({ subject }) => !subject.peer);
  return timed
    .filter(({ subject }) => subject.peer)
    .flatMap((peer) =>
      engines
        .filter(({ workload }) => workload === peer.workload)
        .map((engine) => {
          const rounds = peer.times.map((ms, round) => ms / engine.times[round]!);
          return {
            workload: peer.workload.name,
            peer: peer.subject.name,
            engine: engine.subject.name,
            ratio: median(rounds),
            low: Math.min(...rounds),
            high: Math.max(...rounds),
          };
        }),
    );
}
