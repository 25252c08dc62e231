import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDifference,
  formatNumber,
  formatQuantity,
  formatSeconds,
  from,
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
