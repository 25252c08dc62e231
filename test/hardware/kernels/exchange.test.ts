import { describe, expect, it } from "vitest";
import { ownKernels, readKernels } from "../../../src/files/kernels.ts";
import { measuredSeconds } from "../../../src/hardware/constants/fit/fit.ts";
import { collective, collectiveOps } from "../../../src/hardware/kernels/collectives.ts";
import { allReduceAmong, exchangeAmong, hopsAmong } from "../../../src/hardware/kernels/exchange.ts";
import { expertExchange, expertExchanges } from "../../../src/hardware/kernels/expert-exchange.ts";
import type { ExpertTokens } from "../../../src/hardware/kernels/expert-exchange.ts";
import { machineOf, profiles } from "../../../src/hardware/kernels/machine.ts";
import type { Machine } from "../../../src/hardware/kernels/machine.ts";
import { override } from "../../../src/hardware/overrides.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const rack = systems.get("gb200-nvl72");
const machine = machineOf(rack);

/** The rack with other sizes of its domains, and with another network. */
const withDomains = (gpus: number, profile: Machine["profile"] = "measured", nic = "100GB/s"): Machine =>
  machineOf(override(rack, [`gpus=${gpus}`, `gpu.nic=${nic}`]), profile);

const tokens: Omit<ExpertTokens, "domains"> = {
  tokens: 128,
  hidden: 7168,
  topK: 8,
  ranks: 64,
  dtype: "fp8",
};

/** Seconds of every kind of exchange among 64 GPUs. */
const exchanges: Readonly<Record<string, (on: Machine, bytes: number) => number>> = {
  "all-reduce": (on, bytes) => allReduceAmong(on, { gpus: 64, bytes, span: 64 }).seconds,
  "all-gather": (on, bytes) => exchangeAmong(on, "all-gather", { gpus: 64, bytes, span: 64 }).seconds,
  "all-to-all": (on, bytes) => exchangeAmong(on, "all-to-all", { gpus: 64, bytes, span: 64 }).seconds,
  "of experts": (on, bytes) => {
    const domains = Math.ceil(64 / on.system.gpus.value);
    const { dispatch, combine } = expertExchanges(on, { ...tokens, tokens: bytes / 7168, domains });
    return dispatch.seconds + combine.seconds;
  },
};
const sizes = [2 ** 12, 2 ** 20, 2 ** 28];

describe.each(Object.entries(exchanges))("an exchange between domains: %s", (_, seconds) => {
  it("never takes less time when the same GPUs lie in more domains", () => {
    for (const profile of profiles)
      for (const bytes of sizes) {
        const times = [64, 32, 16, 8, 4].map((gpus) => seconds(withDomains(gpus, profile), bytes));
        for (let i = 1; i < times.length; i++)
          expect(times[i], `${bytes} B, ${profile}`).toBeGreaterThan(times[i - 1]! * (1 - 1e-9));
        expect(times[1]!).toBeGreaterThan(times[0]!);
      }
  });

  it("never takes more time with a faster network, and tends to the time within a domain", () => {
    for (const bytes of sizes) {
      const times = ["10GB/s", "100GB/s", "1TB/s", "1e9TB/s"].map((nic) =>
        seconds(withDomains(32, "ideal", nic), bytes),
      );
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      // of n ranks in domains of g, NVLink carries (g - 1) / g of what it carries among n in one domain: (n - 1) / n
      const whole = seconds(withDomains(64, "ideal"), bytes);
      expect(times.at(-1)! / whole).toBeCloseTo(31 / 32 / (63 / 64), 6);
    }
  });
});

it("an all-reduce between domains sends a GPU's share over the network, after the sums within domains", () => {
  const ideal = withDomains(8, "ideal");
  const { seconds, linkBytes } = allReduceAmong(ideal, { gpus: 32, bytes: 1e9, span: 32 });
  const [within, across] = [2e9 * (7 / 8), 2 * (1e9 / 8) * (3 / 4)];
  expect(linkBytes).toBeCloseTo(within + across, 0);
  expect(seconds).toBeCloseTo(within / 900e9 + across / 100e9, 12);
});

it("experts between domains get a token once a domain over the network", () => {
  const ideal = withDomains(8, "ideal");
  const shape = { ...tokens, op: "dispatch", ranks: 16, domains: 2, routing: "balanced" } as const;
  const { seconds } = expertExchange(ideal, shape);
  // of 8 copies, 7 of 8 take NVLink; of 2 domains, one is the sender's own
  expect(seconds).toBeCloseTo((128 * 7168 * 8 * (7 / 8)) / 900e9 + (128 * 7168) / 100e9, 12);
});

it("GPUs of a group that lies in one domain take its NVLink, even if the model spans several", () => {
  const split = withDomains(8);
  const within = { gpus: 8, bytes: 1e6, span: 8 };
  expect(allReduceAmong(split, within)).toEqual(allReduceAmong(withDomains(64), within));
});

it("stages exchange over the network where a domain ends", () => {
  const shape = { bytes: 1e9, stages: 4, gpus: 16 };
  const seconds = (gpus: number): number => hopsAmong(withDomains(gpus, "ideal"), shape).seconds;
  expect(seconds(16)).toBeCloseTo(3e9 / 900e9, 12);
  expect(seconds(8)).toBeCloseTo(2e9 / 900e9 + 1e9 / 100e9, 12);
  expect(seconds(4)).toBeCloseTo(3e9 / 100e9, 12);
});

it("the latency of an exchange grows by as much with each doubling of its ranks", () => {
  for (const op of collectiveOps) {
    const latency = (gpus: number): number => collective(machine, { op, bytes: 0, gpus }).seconds;
    const each = latency(4) - latency(2);
    expect(each).toBeGreaterThan(0);
    expect(latency(8) - latency(4)).toBeCloseTo(each, 12);
    expect(latency(64) - latency(32)).toBeCloseTo(each, 12);
  }
});

describe("experts within a domain", () => {
  const { rows } = readKernels(ownKernels).find(({ file }) => file.file === "moe-alltoall")!;
  const measured = (op: string, kernel: string): (readonly [number, number])[] =>
    rows
      .filter((row) => row.text("op") === op && row.text("kernel") === kernel)
      .filter((row) => row.text("dtype") === "nvfp4" && row.number("tokens_per_rank") === 4)
      .map((row) => [row.number("ep"), measuredSeconds(row)]);

  it.each(["one", "two"] as const)("%s-sided dispatch and combine follow the measured ranks", (sides) => {
    const kernel = `NVLink${sides === "one" ? "One" : "Two"}Sided`;
    for (const op of ["dispatch", "combine"] as const) {
      const found = measured(`alltoall_${op}`, kernel);
      expect(found.length).toBeGreaterThan(4);
      const errors = found.map(([ranks, seconds]) => {
        const shape = {
          ...tokens,
          op,
          sides,
          tokens: 4,
          ranks,
          dtype: "nvfp4",
          routing: "balanced",
        } as const;
        return Math.abs(expertExchange(machine, shape).seconds / seconds - 1);
      });
      expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.12);
    }
  });

  it("takes as much longer from 36 to 72 ranks as from 18 to 36: a latency that grows by doublings", () => {
    const seconds = [18, 36, 72].map((ranks) => {
      const { combine } = expertExchanges(machine, { ...tokens, tokens: 1e-9, ranks });
      return combine.seconds;
    });
    expect(seconds[2]! - seconds[1]!).toBeCloseTo(seconds[1]! - seconds[0]!, 9);
    // measured at 32 ranks: 14.2 us two-sided, 32.4 us one-sided
    expect(seconds[2]!).toBeLessThan(20e-6);
  });

  it("takes two-sided kernels for few tokens and one-sided ones for many, with the counts that they exchange", () => {
    const exchange = (count: number) => expertExchanges(machine, { ...tokens, tokens: count });
    expect(exchange(1).dispatch.parts.map(({ name }) => name)).toEqual([
      "expert prepare among 64",
      "expert dispatch among 64",
    ]);
    expect(exchange(8192).dispatch.parts).toEqual([]);
  });
});

/**
 * Microseconds of DeepEP's dispatch and combine of 256 experts, 8 a token, fp8. AIConfigurator, commit 095f58a,
 * data/h100_sxm/comm/sglang/0.5.6.post2: wideep_deepep_ll_perf, and from 512 tokens wideep_deepep_normal_perf with the
 * notifications, at the fastest number of SMs.
 */
it.each([
  [2, 8, 23.6, 36.23],
  [4, 8, 32, 41.77],
  [8, 8, 35.23, 42.8],
  [2, 128, 102.1, 186.17],
  [4, 128, 142.97, 263.27],
  [8, 128, 166.77, 304.73],
  [2, 512, 174.47, 355.97],
  [4, 512, 337.1, 611.1],
])("between %i nodes of H100, %i tokens take what was measured, within 40%", (...row) => {
  const [domains, count, dispatch, combine] = row;
  const h100 = machineOf(systems.get("h100"));
  const found = expertExchanges(h100, { ...tokens, tokens: count, ranks: 8 * domains, domains });
  const seconds = found.dispatch.seconds + found.combine.seconds;
  expect(Math.abs((seconds * 1e6) / (dispatch + combine) - 1)).toBeLessThan(0.4);
});
