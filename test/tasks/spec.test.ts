import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { publishedScores } from "../../src/files/published.ts";
import { columnTokens } from "../../src/tasks/published.ts";
import { Random } from "../../src/core/random.ts";
import { nominalLength, parseTask, tasks } from "../../src/tasks/spec.ts";

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
    ["niah", 'unknown task "niah"; known: graphwalks, k-hop'],
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
    if (benchmark !== undefined)
      expect(publishedScores().some((row) => row.benchmark === benchmark)).toBe(true);
  });

  it.each([
    ["graphwalks-bfs", "<128K", { low: 0, high: 128_000 }],
    ["graphwalks-bfs", "256K", { low: 256_000, high: 256_000 }],
    ["graphwalks-parents", "1M", { low: 1_024_000, high: 1_024_000 }],
    ["graphwalks-bfs", "256K-1M pooled", { low: 256_000, high: 1_024_000 }],
    ["mrcr-v2-8needle", "4K-8K", { low: 4096, high: 8192 }],
    ["mrcr-v2-8needle", "512K-1M", { low: 524_288, high: 1_048_576 }],
  ])("%s at %s is %j", (benchmark, column, tokens) => {
    expect(columnTokens(benchmark, column)).toEqual(tokens);
  });

  it("refuses a column that is no length", () => {
    expect(() => columnTokens("graphwalks-bfs", "all")).toThrow('no length in tokens: "all"');
  });

  it("has every length of its benchmarks among the task's", () => {
    const lengths = new Set([...tasks].flatMap((task) => task.lengths));
    for (const { tokens } of publishedScores())
      if (tokens.low === tokens.high) expect(lengths).toContain(tokens.high);
  });
});

describe("nominalLength", () => {
  it("of sizes is the nearest, of bins the one that holds prompt and answer", () => {
    for (const [spec, tokens] of [
      ["graphwalks", 1000],
      ["graphwalks", 4096],
      ["graphwalks", 131_072],
      ["mrcr", 8192],
      ["mrcr", 65_536],
    ] as const) {
      const { task, params } = parseTask(spec);
      const nearest = spec === "mrcr" ? tokens : Math.round(tokens / 1024) * 1000 || 1000;
      for (let seed = 0; seed < 5; seed++)
        expect(nominalLength(task, task.generate(tokens, params, new Random(seed)))).toBe(nearest);
    }
  });
});
