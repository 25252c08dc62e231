import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { balance, slotsOf } from "../../../src/hardware/kernels/eplb.ts";
import { expectedMost } from "../../../src/hardware/kernels/expected-most.ts";
import {
  arrivalFactor,
  arrivingTokens,
  formatRouting,
  heldExperts,
  hottestRank,
  loadFactor,
  parseRouting,
} from "../../../src/hardware/kernels/routing.ts";

const deepseek = { topK: 8, experts: 256 } as const;
const on = (text: string, tokens: number, expertParallel: number) => ({
  ...deepseek,
  tokens,
  expertParallel,
  routing: parseRouting(text),
});
const ranks = [4, 8, 32, 64, 72];

/** Pairs on the busiest of `ranks` ranks, of tokens that each choose `topK` different experts by chance: mean of draws. */
function simulated(tokens: number, ranks: number, draws: number): number {
  const random = new Random("routing").fork(tokens).fork(ranks);
  const { topK, experts } = deepseek;
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const loads = new Float64Array(ranks);
    for (let token = 0; token < tokens; token++) {
      const chosen = new Set<number>();
      while (chosen.size < topK) chosen.add(random.below(experts));
      for (const expert of chosen) {
        const rank = Math.floor((expert * ranks) / experts);
        loads[rank] = loads[rank]! + 1;
      }
    }
    sum += Math.max(...loads) / draws;
  }
  return sum;
}

describe("routing", () => {
  it.each(["even", "power-law=1.2", "eplb", "eplb=64", "power-law=1.2+eplb", "power-law=0.6+eplb=16"])(
    "reads and writes %s",
    (text) => expect(formatRouting(parseRouting(text))).toBe(text),
  );

  it.each([
    "",
    "odd",
    "power-law=x",
    "power-law=-1",
    "power-law=5",
    "eplb=1.5",
    "eplb+power-law",
    "even+eplb",
  ])("refuses %s with what is allowed", (text) => expect(() => parseRouting(text)).toThrow(/routing.*got/));

  it("loads the busiest rank no less without a balancer than with one, and no less with one than evenly", () => {
    for (const tokens of [16, 64, 1024, 131_072])
      for (const expertParallel of ranks) {
        const [even, balanced, skewed] = ["even", "eplb", "power-law"].map((text) =>
          loadFactor(on(text, tokens, expertParallel)),
        );
        expect(even).toBe(1);
        expect(balanced).toBeGreaterThanOrEqual(1);
        expect(skewed).toBeGreaterThanOrEqual(balanced! - 1e-9);
      }
  });

  it("sends a rank the tokens that chose one of its experts, and never more than all", () => {
    expect(arrivingTokens(on("even", 1000, 1))).toBeCloseTo(1000, 9);
    // a token chooses 8 of 256 experts, and none of 48 ranks' 5.33 with (47/48)^8
    expect(arrivingTokens(on("even", 1000, 48))).toBeCloseTo(1000 * (1 - (47 / 48) ** 8), 9);
    for (const expertParallel of ranks) {
      const [even, skewed] = ["even", "power-law"].map((text) =>
        arrivingTokens(on(text, 1024, expertParallel)),
      );
      expect(skewed).toBeGreaterThan(even!);
      expect(skewed).toBeLessThanOrEqual(1024);
    }
  });

  it("is even for an exponent of 0, but for the chance by which tokens choose", () => {
    for (const [tokens, expertParallel] of [
      [64, 8],
      [256, 8],
      [64, 64],
      [1024, 32],
    ] as const) {
      const { pairs } = hottestRank(on("power-law=0", tokens, expertParallel));
      expect(pairs / simulated(tokens, expertParallel, 40)).toBeCloseTo(1, 1);
    }
    expect(loadFactor(on("power-law=0", 2 ** 22, 32))).toBeCloseTo(1, 2);
    const { touched } = hottestRank(on("power-law=0", 64, 8));
    expect(touched).toBeCloseTo(hottestRank(on("even", 64, 8)).touched, 9);
  });

  it("gives one rank all pairs", () => {
    for (const text of ["even", "power-law", "eplb"])
      expect(hottestRank(on(text, 64, 1)).pairs).toBeCloseTo(512, 9);
  });

  it("never lowers a load as tokens are added", () => {
    for (const text of ["power-law", "power-law=1.2", "eplb"])
      for (const expertParallel of ranks) {
        const loads = Array.from({ length: 22 }, (_, i) =>
          hottestRank(on(text, Math.ceil(1.7 ** i), expertParallel)),
        ).map(({ pairs }) => pairs);
        expect(loads).toEqual(loads.toSorted((a, b) => a - b));
      }
  });

  it("sends the busiest rank more tokens, fewer than its pairs grow by, and at most all", () => {
    for (const expertParallel of ranks) {
      const shape = on("power-law", 16_384, expertParallel);
      expect(arrivalFactor({ ...shape, routing: "even" })).toBeCloseTo(1, 12);
      expect(arrivalFactor(shape)).toBeGreaterThan(1);
      expect(arrivalFactor(shape)).toBeLessThan(loadFactor(shape));
    }
  });

  it.each([
    ["eplb", [1.0, 1.0, 1.42, 2.41, 2.06]],
    ["power-law", [1.27, 1.55, 2.74, 4.04, 4.66]],
    ["power-law=1.2", [1.42, 1.89, 3.88, 6.52, 7.42]],
  ] as const)("gives %s the loads that docs/cost.md prints", (text, loads) => {
    for (const [i, expertParallel] of ranks.entries())
      expect(loadFactor(on(text, 131_072, expertParallel))).toBeCloseTo(loads[i]!, 2);
  });

  it("grows with the exponent", () => {
    const loads = [0, 0.6, 1.01, 1.2].map((exponent) => loadFactor(on(`power-law=${exponent}`, 16_384, 32)));
    expect(loads).toEqual(loads.toSorted((a, b) => a - b));
    expect(loads.at(-1)).toBeGreaterThan(3);
  });
});

describe("the load balancer", () => {
  it("copies the hottest experts and packs the largest first, as eplb.py does by hand", () => {
    // 90 is halved, then 60; largest first, each goes to the rank with less load that has room
    expect(balance(Float64Array.of(90, 60, 20, 10), 6, 2)).toEqual([
      [45, 30, 20],
      [45, 30, 10],
    ]);
  });

  it("holds as many slots on every rank, and all of the load", () => {
    const loads = Float64Array.from({ length: 256 }, (_, i) => 1 / (i + 1));
    const placed = balance(loads, 288, 72);
    expect(placed.map(({ length }) => length)).toEqual(new Array(72).fill(4));
    expect(placed.flat().reduce((a, b) => a + b)).toBeCloseTo(
      loads.reduce((a, b) => a + b),
      9,
    );
  });

  it("adds an eighth of the experts at most, unless more copies are asked for", () => {
    const usual = [8, 32, 64, 72, 144].map((ranks) => slotsOf(256, "usual", ranks));
    expect(usual).toEqual([288, 288, 256, 288, 288]);
    expect(slotsOf(8, "usual", 8)).toBe(8);
    // 7 ranks divide neither 256 nor 288
    expect(slotsOf(256, "usual", 7)).toBe(256);
    expect(slotsOf(256, 32, 64)).toBe(320);
    expect(heldExperts(256, 32, parseRouting("power-law"))).toBe(256);
  });
});

describe("the expected largest of normal numbers", () => {
  it("is 1.163 deviations above the mean for five alike, and the largest of certain ones", () => {
    const five = new Array(5).fill({ mean: 2, deviation: 1 });
    expect(expectedMost(five)).toBeCloseTo(2 + 1.16296, 3);
    expect(
      expectedMost([
        { mean: 3, deviation: 0 },
        { mean: 1, deviation: 0 },
      ]),
    ).toBe(3);
  });
});
