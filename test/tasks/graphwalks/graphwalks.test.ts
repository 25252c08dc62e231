import { readFileSync } from "node:fs";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { UsageError } from "../../../src/core/errors.ts";
import type { drawGraph } from "../../../src/tasks/graphwalks/graph.ts";
import { answerOf } from "../../../src/tasks/graphwalks/graph.ts";
import { parseTask } from "../../../src/tasks/spec.ts";
import type { GraphWalk } from "../../../src/tasks/circuit.ts";
import type { Problem } from "../../../src/tasks/task.ts";

// A row of openai/graphwalks (MIT licence), graphwalks_128k_and_shorter.parquet, dated 02-27-2026; see data/README.md.
const sample = readFileSync(new URL("../data/graphwalks-real-sample.txt", import.meta.url), "utf8");

const generate = (spec: string, tokens: number, seed = 1): Problem => {
  const { task, params } = parseTask(spec);
  return task.generate(tokens, params, new Random(seed));
};
const load = (row: Record<string, unknown>, spec = "graphwalks"): Problem => {
  const { task, params } = parseTask(spec);
  return task.load(row, params);
};
const walk = (problem: Problem): GraphWalk => {
  expect(problem.circuit.kind).toBe("graph-walk");
  return problem.circuit as GraphWalk;
};

/** The answer of a perfect reader, from the circuit alone. */
function conclusion({ records, start, hops }: GraphWalk): number[] {
  const visited = new Set([start]);
  let frontier = new Set([start]);
  for (let hop = 0; hop < hops; hop++) {
    const next = new Set<number>();
    for (let r = 0; r < records.count; r++) {
      const value = records.value[r]!;
      if (frontier.has(records.key[0]!.features[r]!) && !visited.has(value)) next.add(value);
    }
    next.forEach((node) => visited.add(node));
    frontier = next;
  }
  return [...frontier];
}

describe("a real row", () => {
  const problem = load({ prompt: sample });

  it("gives the published answer, from the text alone", () => {
    expect(problem.answer).toBe("Final Answer: [1679091c5a, c9f0f895fb, d3d9446802]");
    expect(problem.respond(conclusion(walk(problem)))).toBe(problem.answer);
  });

  it("is kept to the byte, and written anew to the byte", () => {
    expect(problem.messages).toEqual([{ role: "user", content: sample }]);
    const ours = generate("graphwalks(operation=parents,degree=4)", 1000).messages[0]!.content;
    const fixed = (text: string): string =>
      text.replace(/^[0-9a-f]{10} -> [0-9a-f]{10}\n/gm, "").replace(/of node [0-9a-f]{10}/, "");
    expect(fixed(ours)).toBe(fixed(sample));
    expect(ours.split("\n")).toHaveLength(sample.split("\n").length);
  });
});

describe.each(["bfs", "parents"])("generated %s", (operation) => {
  const spec = `graphwalks(operation=${operation})`;

  it.each([
    [1000, 0.1],
    [8000, 0.04],
    [65_536, 0.01],
  ])("has the nominal size, %i tokens, within a share of %f", (tokens, tolerance) => {
    const problem = generate(spec, tokens);
    expect(Math.abs(problem.tokens / tokens - 1)).toBeLessThan(tolerance);
  });

  it("has records that stand where the tokeniser puts them", () => {
    const problem = generate(`graphwalks(operation=${operation},degree=0)`, 4000, 3);
    const { records } = walk(problem);
    const tokens = encode(problem.messages[0]!.content);
    const text = (from: number, to: number): string => decode(tokens.slice(from, to));
    const lines = problem.messages[0]!.content.split("\n").filter((line) => /^[0-9a-f]{10} -> /.test(line));
    expect(records.count).toBe(lines.length);
    expect(problem.tokens).toBe(tokens.length);
    lines.forEach((line, r) => {
      expect(text(records.start[r]!, records.anchor[r]! + 1)).toBe(line);
      const [from, to] = line.split(" -> ").map((id) => problem.features.indexOf(`node:${id}`));
      const [key, value] = operation === "bfs" ? [from, to] : [to, from];
      expect(records.key[0]!.features[r]).toBe(key);
      expect(records.value[r]).toBe(value);
    });
  });

  it("is answered by its circuit, and loads from its own row as it was", () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const wording of ["original", "exact-depth"]) {
        const problem = generate(
          `graphwalks(operation=${operation},depth=2,degree=0,wording=${wording})`,
          2000,
          seed,
        );
        expect(problem.score(problem.respond(conclusion(walk(problem))))).toEqual({ score: 1, exact: true });
        const loaded = load({ ...problem.row() });
        expect(loaded.tokens).toBe(problem.tokens);
        expect(loaded.score(problem.answer)).toEqual({ score: 1, exact: true });
        expect(problem.score(loaded.answer)).toEqual({ score: 1, exact: true });
        expect(walk(loaded).records.anchor).toEqual(walk(problem).records.anchor);
      }
    }
  });

  it("depends on the seed alone", () => {
    expect(generate(spec, 2000, 5).messages).toEqual(generate(spec, 2000, 5).messages);
    expect(generate(spec, 2000, 5).messages).not.toEqual(generate(spec, 2000, 6).messages);
  });
});

describe("the answer", () => {
  const graph = (edges: [number, number][], count: number): ReturnType<typeof drawGraph> => ({
    nodes: Array.from({ length: count }, (_, i) => `n${i}`),
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
  });

  it("of a search is what is first reached at that very depth, start excluded", () => {
    const cycle = graph([[0, 1], [1, 2], [2, 0], [0, 0], [1, 1], [0, 2], [2, 3], [2, 3]], 4); // prettier-ignore
    expect(answerOf(cycle, { kind: "bfs", node: 0, depth: 1 })).toEqual([1, 2]);
    expect(answerOf(cycle, { kind: "bfs", node: 0, depth: 2 })).toEqual([3]);
    expect(answerOf(cycle, { kind: "bfs", node: 0, depth: 3 })).toEqual([]);
    expect(answerOf(cycle, { kind: "bfs", node: 3, depth: 1 })).toEqual([]);
  });

  it("of parents is each predecessor once, the node itself excluded", () => {
    const edges = graph([[0, 1], [0, 1], [1, 1], [2, 1], [1, 0]], 3); // prettier-ignore
    expect(answerOf(edges, { kind: "parents", node: 1 })).toEqual([0, 2]);
    expect(answerOf(edges, { kind: "parents", node: 2 })).toEqual([]);
  });
});

describe("wording", () => {
  it("is the dataset's, of either year", () => {
    const original = generate("graphwalks", 1000).messages[0]!.content;
    const exact = generate("graphwalks(wording=exact-depth,depth=3)", 1000).messages[0]!.content;
    expect(original).toContain(
      "only return the nodes that are reachable at that depth, do not return the starting node.",
    );
    expect(original).toMatch(
      /\nOperation:\nPerform a BFS from node [0-9a-f]{10} with depth 4\.\n\nYou should/,
    );
    expect(exact).toContain(
      "both reachable and exactly at that depth (not nodes at intermediate depths), and do not",
    );
    expect(exact).toMatch(
      /return only the nodes at exactly depth 3 \(not nodes at intermediate depths\)\.\n\nYou/,
    );
  });
});

describe("bad input", () => {
  it.each([
    [{}, 'graphwalks: column "prompt" is missing; the row has: none'],
    [{ prompt: 7 }, 'graphwalks: column "prompt" must be a string; got a number'],
    [{ prompt: "hello" }, "not a graphwalks prompt: no line"],
    [{ prompt: sample, answer_nodes: "x" }, 'column "answer_nodes" must be a list of strings; got a string'],
    [
      { prompt: sample.replace("Find the parents of node 8f14e45fce", "Count the nodes") },
      "unknown operation",
    ],
    [
      { prompt: sample.replace(/8f14e45fce\.\n/, "ffffffffff.\n") },
      "asks about ffffffffff, which no edge names",
    ],
    [
      { prompt: sample.replace("c9f0f895fb -> cfcd208495", "c9f0f895fb => cfcd208495") },
      'not "node -> node"',
    ],
    [{ prompt: sample.slice(0, 1500) }, 'no "Operation:" after the edges'],
  ])("%# is refused: what, got, allowed", (row, message) => {
    expect(() => load(row)).toThrow(UsageError);
    expect(() => load(row)).toThrow(message);
  });

  it("refuses a size with no room for a node", () => {
    expect(() => generate("graphwalks(degree=5)", 350)).toThrow(
      "tokens must be >= 390 for out-degree 5; got 350",
    );
    expect(generate("graphwalks(degree=5)", 390).tokens).toBeGreaterThan(0);
  });
});
