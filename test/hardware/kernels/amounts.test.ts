import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { allReduce, collective, customAllReduce } from "../../../src/hardware/kernels/collectives.ts";
import { expertExchange } from "../../../src/hardware/kernels/expert-exchange.ts";
import type { ExpertExchangeShape } from "../../../src/hardware/kernels/expert-exchange.ts";
import { loadRange, popularity, powerLawDraws } from "../../../src/hardware/kernels/expert-loads.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import {
  arrivalFactor,
  arrivingTokens,
  hottestRank,
  loadFactor,
} from "../../../src/hardware/kernels/routing.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const machine = machineOf(systems.get("gb200-nvl72"));

describe("bytes that a GPU sends in a collective", () => {
  it.each([
    ["all-gather", 875_000],
    ["reduce-scatter", 875_000],
    ["all-to-all", 875_000],
    ["all-reduce", 1_750_000],
  ] as const)("%s of 1 MB among 8: %i", (op, bytes) => {
    const shape = { op, bytes: 1e6, gpus: 8 };
    expect(collective(machine, shape).linkBytes).toBe(bytes);
    // a collective reads no HBM that is counted
    expect(collective(machine, shape).bytes).toBe(0);
    expect(collective(machine, { ...shape, gpus: 1 })).toMatchObject({ seconds: 0, linkBytes: 0 });
    // of two, each sends its half
    expect(collective(machine, { ...shape, gpus: 2 }).linkBytes).toBe((bytes * 4) / 7);
  });

  it("the engine's own all-reduce sends as many, and the faster one is taken", () => {
    expect(customAllReduce(machine, { bytes: 1e6, gpus: 8 }).linkBytes).toBe(1_750_000);
    expect(customAllReduce(machine, { bytes: 1e6, gpus: 1 })).toMatchObject({ seconds: 0, linkBytes: 0 });
    for (const bytes of [1e3, 1e6, 1e9]) {
      const both = [
        customAllReduce(machine, { bytes, gpus: 8 }),
        collective(machine, { op: "all-reduce", bytes, gpus: 8 }),
      ].map(({ seconds }) => seconds);
      expect(allReduce(machine, { bytes, gpus: 8 }).seconds).toBe(Math.min(...both));
    }
  });
});

describe("bytes that a rank sends of 128 tokens of 7,168 numbers to their experts", () => {
  const sent = (change: Partial<ExpertExchangeShape> = {}): number =>
    expertExchange(machine, {
      op: "dispatch",
      tokens: 128,
      hidden: 7168,
      topK: 8,
      ranks: 8,
      dtype: "fp8",
      ...change,
    }).linkBytes;
  /** of 8 ranks, 8 experts by chance lie on 8 (1 - (7/8)^8), of which 1 in 8 is the sender's own */
  const chosen = 128 * 7168 * 8 * (1 - (7 / 8) ** 8) * (7 / 8);

  it.each<[string, Partial<ExpertExchangeShape>, number]>([
    ["in FP8", {}, chosen],
    ["in bf16", { dtype: "bf16" }, 2 * chosen],
    ["in NVFP4", { dtype: "nvfp4" }, 0.5625 * chosen],
    ["back in bf16", { op: "combine" }, 2 * chosen],
    ["back in 4 bits", { op: "combine-low-precision" }, 0.5625 * chosen],
    ["counts alone", { op: "prepare" }, 0],
    ["with a busiest rank", { busiest: 1.5 }, 1.5 * chosen],
    ["spread over all ranks", { routing: "balanced" }, 128 * 7168 * 8 * (7 / 8)],
    ["spread over more ranks than experts", { routing: "balanced", ranks: 16 }, 128 * 7168 * 8 * (15 / 16)],
    ["spread over fewer ranks", { routing: "balanced", ranks: 4 }, 128 * 7168 * 4 * (3 / 4)],
    ["among one rank", { ranks: 1 }, 0],
    [
      "between 2 domains of 4: the busiest rank's over NVLink, a token once a domain over the network",
      { domains: 2, busiest: 1.5, routing: "balanced" },
      1.5 * 128 * 7168 * 8 * (3 / 4) + 128 * 7168 * 2 * (1 / 2),
    ],
    [
      "between 8 domains of 1: the network alone",
      { domains: 8, busiest: 1.5, routing: "balanced" },
      128 * 7168 * 8 * (7 / 8),
    ],
    ["between more domains than ranks: as many as ranks", { domains: 16 }, chosen],
  ])("%s", (_, change, bytes) => expect(sent(change)).toBeCloseTo(bytes, 6));
});

describe("loads of experts", () => {
  it("range to .8 of a pass, rounded up to a power of two, from that of as many pairs as experts to 16,384", () => {
    expect([1, 4, 1000, 1024, 1025, 16_384, 1e6].map((tokens) => loadRange(tokens, 1))).toEqual([
      1, 3.2, 819.2, 819.2, 1638.4, 13_107.2, 13_107.2,
    ]);
    expect(loadRange(4, 32)).toBe(25.6);
    expect(loadRange(0, 0)).toBe(1);
  });

  it("are drawn by a density that falls as a power", () => {
    const half = Object.assign(new Random("half"), { uniform: () => 0.5 });
    const draw = (exponent: number): number => powerLawDraws(half, 3, exponent, [1, 100])[2]!;
    expect(powerLawDraws(half, 3, 0, [1, 100])).toHaveLength(3);
    // medians: of equal chances, of equal chances of logarithms, and of 1 / x
    expect(draw(0)).toBeCloseTo(50.5, 9);
    expect(draw(1)).toBeCloseTo(10, 3);
    expect(draw(2)).toBeCloseTo(1 / 0.505, 9);
    expect(draw(3)).toBeCloseTo(1 / Math.sqrt((1 + 1e-4) / 2), 9);
  });

  it("add up to the experts of a token, none of them above 1, and are equal for an exponent of 0", () => {
    const shape = { experts: 64, topK: 8, range: 1000, draw: 0 };
    const steep = popularity({ ...shape, exponent: 3 });
    expect(steep.reduce((a, b) => a + b, 0)).toBeCloseTo(8, 9);
    expect(Math.max(...steep)).toBeLessThanOrEqual(1);
    expect(new Set(popularity({ ...shape, exponent: 0 }))).toEqual(new Set([8 / 64]));
  });

  it("are the mean on every rank for even routing", () => {
    const shape = { tokens: 10, topK: 8, experts: 256, expertParallel: 32 };
    const { pairs, touched } = hottestRank(shape);
    expect(pairs).toBe(2.5);
    // of a rank's 8 experts, each is passed over by a token with 31/32
    expect(touched).toBeCloseTo(8 * (1 - (31 / 32) ** 10), 12);
    expect([loadFactor(shape), arrivalFactor(shape)]).toEqual([1, 1]);
    expect(arrivingTokens(shape)).toBeCloseTo(10 * (1 - (31 / 32) ** 8), 12);
  });
});
