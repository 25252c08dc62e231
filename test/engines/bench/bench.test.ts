import { describe, expect, it } from "vitest";
import { bench, stepsOf } from "../../../src/engines/bench/bench.ts";
import { ratiosOf } from "../../../src/engines/bench/ratios.ts";
import type { BenchSubject } from "../../../src/engines/bench/subject.ts";
import { timeCalls } from "../../../src/engines/bench/timing.ts";
import { gemm, workloads } from "../../../src/engines/bench/workloads.ts";
import type { KernelWorkload } from "../../../src/engines/bench/workloads.ts";

const [decode, , , , , , , , top] = workloads() as [KernelWorkload, ...KernelWorkload[]];

/** A subject whose times and errors are given. */
const fake = (
  name: string,
  error: number | undefined,
  times: number[],
): BenchSubject & { asked: string[] } => {
  const asked: string[] = [];
  return {
    name,
    threads: 2,
    asked,
    check: () => (error === undefined ? undefined : { error, tolerance: 0.1 }),
    time: (workload, { warmUp }) => {
      asked.push(`${workload.name}${warmUp ? ", warm" : ""}`);
      return [times[(asked.length - 1) % times.length]!];
    },
  };
};

const settings = { workloads: [decode, top!], threads: 2, rounds: 3, seconds: 0.001 };

describe("bench", () => {
  it("gives medians over rounds, and their spread", async () => {
    const subject = fake("a", 0.01, [5, 8, 1, 5, 2, 9, 5, 4, 7]); // gemm, decode and top of three rounds
    let steps = 0;
    const plan = { ...settings, subjects: [subject] };
    const { rows, ratios, limits, failures } = await bench({ ...plan, onStep: () => steps++ });
    expect([failures, ratios]).toEqual([[], []]);
    expect(steps).toBe(stepsOf(plan));
    expect(rows.map(({ workload, ms, msLow, msHigh }) => [workload, ms, msLow, msHigh])).toEqual([
      [decode.name, 4, 2, 8],
      [top!.name, 7, 1, 9],
    ]);
    const [{ gbps, gflops, ofBandwidth, ofFlops, error, engine, threads }] = rows as [(typeof rows)[0]];
    expect([engine, threads, error]).toEqual(["a", 2, 0.01]);
    expect(gbps).toBeCloseTo(decode.bytes / 0.004 / 1e9, 9);
    expect(gflops).toBeCloseTo(decode.flops / 0.004 / 1e9, 9);
    expect(ofBandwidth).toBeCloseTo((gbps! * 1e9) / limits.bandwidth.perSecond, 9);
    expect(ofFlops).toBeCloseTo((gflops! * 1e9) / limits.flops.perSecond, 9);
    expect(limits.flops).toEqual({ perSecond: gemm.flops / 0.005, by: `a ${gemm.name}` });
  });

  it("warms up what is quick, and once what is slow", async () => {
    const subject = fake("a", 0, [0.5, 100, 0.5]);
    await bench({ ...settings, rounds: 2, subjects: [subject] });
    const once = [`${gemm.name}, warm`, decode.name, `${top!.name}, warm`];
    expect(subject.asked).toEqual([once[0], `${decode.name}, warm`, once[2], ...once]);
  });

  it("times nothing that is wrong, fails, or is not done", async () => {
    const wrong = fake("wrong", 0.2, [1]);
    const absent = fake("absent", undefined, [1]);
    const failing: BenchSubject = {
      ...fake("failing", 0, [1]),
      check: (workload) => {
        if (workload === top) throw new Error("out of memory");
        return { error: NaN, tolerance: 0.1 };
      },
    };
    const leaving: BenchSubject = {
      ...fake("leaving", 0, [1]),
      time: (workload) => (workload === top ? Promise.reject(new Error("gone")) : [1]),
    };
    const { rows, failures } = await bench({ ...settings, subjects: [wrong, absent, failing, leaving] });
    expect([wrong.asked, absent.asked]).toEqual([[], []]);
    expect(rows.map(({ engine, ms, gbps, error }) => [engine, ms, gbps === null, error])).toEqual([
      ["wrong", null, true, 0.2],
      ["failing", null, true, null],
      ["leaving", 1, false, 0],
      ["wrong", null, true, 0.2],
      ["failing", null, true, null],
      ["leaving", null, true, 0],
    ]);
    expect(failures).toContain(`wrong, ${decode.name}: 2.0e-1 from float64, allowed 1.0e-1`);
    expect(failures).toContain(`failing, ${top!.name}: out of memory`);
    expect(failures.filter((line) => line === `leaving, ${top!.name}: gone`)).toHaveLength(1);
  });
});

it("ratiosOf compares peers with engines, round by round", () => {
  const [engine, other] = [fake("a", 0, []), fake("b", 0, [])];
  const peer = { ...fake("p", 0, []), peer: true } as const;
  const ratios = ratiosOf([
    { workload: decode, subject: engine, times: [2, 4, 3] },
    { workload: decode, subject: other, times: undefined },
    { workload: decode, subject: peer, times: [4, 2, 9] },
    { workload: top!, subject: engine, times: [4, 4, 4] },
    { workload: top!, subject: peer, times: [2, 2, 2] },
  ]);
  expect(ratios).toEqual([
    { workload: decode.name, peer: "p", engine: "a", ratio: 2, low: 0.5, high: 3 },
    { workload: top!.name, peer: "p", engine: "a", ratio: 0.5, low: 0.5, high: 0.5 },
  ]);
});

describe("timeCalls", () => {
  const countCalls = (effort: { seconds: number; warmUp: boolean }): { calls: number; times: number } => {
    let calls = 0;
    const times = timeCalls(() => calls++, effort).length;
    return { calls, times };
  };

  it("makes one call at least, and one more to warm up", () => {
    expect(countCalls({ seconds: 0, warmUp: false })).toEqual({ calls: 1, times: 1 });
    expect(countCalls({ seconds: 0, warmUp: true })).toEqual({ calls: 2, times: 1 });
  });

  it("ends however quick they are", () => {
    expect(countCalls({ seconds: 60, warmUp: false }).times).toBe(1000);
  });
});
