import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.ts";
import { publishedScores } from "../../../src/files/published.ts";
import {
  chooseTargets,
  defaultFit,
  defaultReadings,
  problemOf,
  targetsOf,
} from "../../../src/studies/calibrate/target.ts";

const targets = targetsOf(publishedScores(), "GPT-5.4", defaultReadings);
const target = (name: string) => targets.find((each) => each.name === name)!;

describe("targetsOf", () => {
  it("has every column of a model that compares, once", () => {
    expect(targets.map(({ name }) => name).sort()).toEqual(
      publishedScores()
        .filter(({ model, metric }) => model === "GPT-5.4" && metric !== "other")
        .map(({ benchmark, column }) => `${benchmark}:${column}`)
        .sort(),
    );
    expect(target("graphwalks-bfs:256K").published).toBeCloseTo(0.625);
  });

  it("takes a bin by its upper edge, a size as the dataset counts it, a range size by size", () => {
    expect(target("mrcr-v2-8needle:512K-1M").problems).toEqual([
      { task: "mrcr(keys=whole)", tokens: 1_048_576 },
    ]);
    expect(target("graphwalks-bfs:1M").problems).toEqual([{ task: "graphwalks", tokens: 1_024_000 }]);
    const short = target("graphwalks-parents:<128K");
    expect(short.problems.map(({ tokens }) => tokens / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(problemOf(short, 9)).toEqual({ task: "graphwalks(operation=parents)", tokens: 2000 });
  });

  it("reads a benchmark as it is told, the last word on a parameter first", () => {
    const told = targetsOf(publishedScores(), "GPT-5.5", [
      "mrcr(keys=whole)",
      "graphwalks(degree=5)",
      "graphwalks(operation=parents,degree=4)",
      "mrcr(keys=parts)",
    ]);
    const tasks = new Set(told.flatMap(({ problems }) => problems.map(({ task }) => task)));
    expect(tasks).toEqual(
      new Set(["graphwalks(degree=5)", "graphwalks(operation=parents,degree=4)", "mrcr"]),
    );
  });

  it.each([
    [() => targetsOf(publishedScores(), "GPT-1"), /"GPT-1"; known: GPT-5.2, GPT-5.4/],
    [() => targetsOf(publishedScores(), "GPT-5.4", ["mrcr(keys=odd)"]), /keys must be one of/],
    [() => targetsOf(publishedScores(), "GPT-5.4", ["prefill"]), /"prefill"; known: graphwalks, mrcr/],
    [() => chooseTargets(targets, ["mrcr-v2-8needle:1K"]), /"mrcr-v2-8needle:1K"; known: .*4K-8K/],
    [() => chooseTargets(targets, []), /no columns/],
  ])("refuses what there is not %#", (wrong, message) => {
    expect(wrong).toThrow(UsageError);
    expect(wrong).toThrow(message);
  });
});

describe("chooseTargets", () => {
  it("chooses the default columns, or those that are named, or a benchmark's", () => {
    expect(
      chooseTargets(targets)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...defaultFit].sort());
    const names = chooseTargets(targets, ["graphwalks-parents", "graphwalks-bfs:1M"]).map(({ name }) => name);
    expect(names.sort()).toEqual([
      "graphwalks-bfs:1M",
      ...["1M", "256K", "<128K"].map((column) => `graphwalks-parents:${column}`),
    ]);
  });
});
