import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { published } from "../../src/tasks/published.ts";
import { parseTask, tasks } from "../../src/tasks/spec.ts";

describe("parseTask", () => {
  it("names only what differs from the defaults", () => {
    expect(parseTask("graphwalks(operation=bfs)").spec).toBe("graphwalks");
    expect(parseTask("graphwalks(wording=exact-depth, operation=parents)").spec).toBe(
      "graphwalks(operation=parents,wording=exact-depth)",
    );
    expect(parseTask("mrcr(needles=2)").spec).toBe("mrcr(needles=2)");
    expect(parseTask(parseTask("graphwalks(degree=0,depth=2)").spec).params).toMatchObject({
      degree: 0,
      depth: 2,
    });
  });

  it.each([
    ["niah", 'unknown task "niah"; known: graphwalks, mrcr'],
    ["mrcr(needles=3)", "mrcr: needles must be one of 2, 4, 8"],
    ["graphwalks(depth=0)", "graphwalks: depth must be an integer in [1, 64]"],
    ["graphwalks(deep=1)", 'graphwalks has no parameter "deep"'],
    ["mrcr+fp8", "task mrcr takes no modifiers; got +fp8"],
    ["mrcr(", "malformed spec"],
  ])("refuses %s", (spec, message) => {
    expect(() => parseTask(spec)).toThrow(UsageError);
    expect(() => parseTask(spec)).toThrow(message);
  });
});

describe("published", () => {
  it.each([
    ["graphwalks", "graphwalks-bfs"],
    ["graphwalks(operation=parents)", "graphwalks-parents"],
    ["graphwalks(depth=2)", undefined],
    ["mrcr", "mrcr-v2-8needle"],
    ["mrcr(needles=2)", undefined],
  ])("names the benchmark of %s: %s", (spec, benchmark) => {
    const { task, params } = parseTask(spec);
    expect(task.published!(params)).toBe(benchmark);
    if (benchmark !== undefined) expect(published.some((row) => row.benchmark === benchmark)).toBe(true);
  });

  it("has every length of its benchmarks among the task's", () => {
    const lengths = new Set([...tasks].flatMap((task) => task.lengths));
    for (const { tokens } of published)
      if (tokens.low === tokens.high) expect(lengths).toContain(tokens.high);
  });
});
