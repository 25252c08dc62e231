import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDifference,
  formatMean,
  formatNumber,
  formatPercent,
  formatQuantity,
  formatSeconds,
  formatShare,
  formatUsd,
  from,
  parseQuantity,
} from "../../src/core/units.ts";

const datasheet = from({ title: "a datasheet", url: "https://example.org" });

describe("units", () => {
  it("makes quantities that carry their source and where in it they stand", () => {
    expect(datasheet(8e12, "B/s", { where: "table 2", note: "peak" })).toEqual({
      value: 8e12,
      unit: "B/s",
      source: { title: "a datasheet", url: "https://example.org", where: "table 2" },
      note: "peak",
    });
    expect(datasheet(72, "1")).not.toHaveProperty("note");
  });

  it("formats bytes in decimal units", () => {
    expect([0, 1, 999, 1000, 999_999, 20.7148e9, 152.2e9, 13.4e12].map(formatBytes)).toEqual([
      "0 B",
      "1 B",
      "999 B",
      "1 kB",
      "1 MB",
      "20.7 GB",
      "152 GB",
      "13.4 TB",
    ]);
    expect(formatBytes(0.5625)).toBe("0.563 B");
    expect(formatBytes(-3.2e9)).toBe("-3.2 GB");
    expect(formatBytes(Infinity)).toBe("-");
  });

  it("formats times and other quantities", () => {
    expect([2.5, 0.0124, 4.9e-6].map(formatSeconds)).toEqual(["2.5 s", "12.4 ms", "4.9 us"]);
    expect(formatQuantity(datasheet(2.5e15, "FLOP/s"))).toBe("2.5 PFLOP/s");
    expect(formatQuantity(datasheet(129280, "1"))).toBe("129280");
    expect([152.24, 0.06251, 12593.4].map(formatNumber)).toEqual(["152", "0.0625", "12593"]);
  });
});

it("shows a difference with its sign, and a range with a word between its ends", () => {
  const difference = { mean: 0.4, low: 0.2, high: 0.6, trials: 20, kind: "t" } as const;
  expect(formatDifference(difference)).toBe("+.40 [.20 .60]");
  expect(formatDifference({ ...difference, mean: -0.4, low: -0.6, high: -0.2 })).toBe("-.40 [-.60 -.20]");
  expect(formatDifference({ ...difference, low: -0.1, trials: 5, kind: "range" })).toBe("+.40 (-.10 to .60)");
  expect(formatDifference({ ...difference, trials: 1, kind: "range" })).toBe("+.40");
});

it("counts keep whole numbers whole, shares of them have three digits, and large ones an exponent", () => {
  expect(formatCount(64 / 9)).toBe("7.11");
  expect(formatCount(2112)).toBe("2112");
  expect(formatQuantity(datasheet(671e9, "1"))).toBe("671e9");
  expect(formatQuantity(datasheet(163_840, "1"))).toBe("163840");
});

it("a change of less than half a percent is 0%", () => {
  expect([-0.004, 0.004, -0.44, 1].map(formatChange)).toEqual(["0%", "0%", "-44%", "+100%"]);
});

describe("a quantity that a user writes", () => {
  it.each([
    ["4.5PFLOP/s", "FLOP/s", 4.5e15],
    [" 960 GB ", "B", 960e9],
    ["5us", "s", 5e-6],
    ["3ns", "s", 3 / 1e9],
    ["2ms", "s", 2e-3],
    ["8TB/s", "B/s", 8e12],
    ["1EB", "B", 1e18],
    ["1e3kB", "B", 1e6],
    ["7MB", "B", 7e6],
    ["72", "1", 72],
    ["2k", "1", 2000],
    ["1e24", "1", 1e24],
    ["1e-24", "1", 1e-24],
  ] as const)("%s is read", (text, unit, value) => {
    expect(parseQuantity("x", text, unit) / value).toBeCloseTo(1, 12);
  });

  it.each([
    ["1.01e24", "1", 'x must lie between 1e-24 and 1e+24; got "1.01e24"'],
    ["9e-25", "1", 'x must lie between 1e-24 and 1e+24; got "9e-25"'],
    ["0", "1", 'x must be a number > 0; got "0"'],
    ["-1GB", "B", 'x must be a number > 0 in B, with a prefix or without (288GB); got "-1GB"'],
    ["1GB", "B/s", 'x must be a number > 0 in B/s, with a prefix or without (900GB/s); got "1GB"'],
    [" 3 ", "W", 'x must be a number > 0 in W, with a prefix or without (3W); got "3"'],
    ["1.2.3", "1", 'x must be a number > 0; got "1.2.3"'],
    ["", "s", 'x must be a number > 0 in s, with a prefix or without (4.7us); got ""'],
  ] as const)("%j is refused", (text, unit, message) => {
    expect(() => parseQuantity("x", text, unit)).toThrow(message);
  });
});

it("shows money, shares and means in short", () => {
  expect([0.0844, 2.5, 30, 1, 0.999, 12.345].map(formatUsd)).toEqual([
    ...["$0.0844", "$2.50", "$30", "$1", "$0.999", "$12.35"],
  ]);
  expect([0.98, 1, 0.996, 0.994, 0, -0.25].map(formatShare)).toEqual([
    ".98",
    "1.0",
    "1.0",
    ".99",
    ".00",
    "-.25",
  ]);
  expect([0.444, 1, 0.005].map(formatPercent)).toEqual(["44%", "100%", "1%"]);
  const mean = { mean: 0.85, low: 0.8, high: 0.9, trials: 20, kind: "t" } as const;
  expect(formatMean(mean)).toBe(".85 [.80 .90]");
  expect(formatMean({ ...mean, kind: "range" })).toBe(".85 (.80-.90)");
  expect(formatMean({ ...mean, kind: "range", trials: 1 })).toBe(".85");
});

it("keeps whole numbers from 1000 on, a unit's next prefix from three nines, and the mean of nothing a dash", () => {
  expect([999.6, 1000.4, 1234.5, -2000.6].map(formatNumber)).toEqual(["1000", "1000", "1235", "-2001"]);
  expect([formatNumber(NaN), formatSeconds(Infinity)]).toEqual(["-", "-"]);
  expect([formatSeconds(0), formatSeconds(0.9996), formatSeconds(2e-9)]).toEqual(["0 s", "1 s", "2 ns"]);
  expect([formatQuantity(datasheet(1e9, "1")), formatQuantity(datasheet(999e6, "1"))]).toEqual([
    "1e9",
    "999000000",
  ]);
});
