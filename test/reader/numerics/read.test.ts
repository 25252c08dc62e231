import { describe, expect, it } from "vitest";
import type { HeadResult } from "../../../src/attention/read.ts";
import { Random } from "../../../src/core/random.ts";
import { flat, rowsOf } from "../../../src/core/tensor.ts";
import { referenceEngine } from "../../../src/engines/reference/engine.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import type { ReaderParams } from "../../../src/reader/params.ts";
import type { Mechanism } from "../../../src/reader/numerics/mechanism.ts";
import { readNumerics } from "../../../src/reader/numerics/read.ts";
import type { Circuit, RecordSet } from "../../../src/tasks/circuit.ts";
import type { Problem } from "../../../src/tasks/task.ts";

const ops = referenceEngine();

/** Softmax over everything visible, written for this test alone. */
const everything: Mechanism["over"] = (cache) => (queries) => ({
  heads: cache.heads.map(({ keys, values, space }, h): HeadResult => {
    const q = queries.heads[h]!;
    const visible = Int32Array.from(
      { length: q.shape[0]! },
      (_, i) => queries.positions[Math.floor(i / queries.group)]! + 1,
    );
    const weightsOf = (i: number) =>
      space.scoped(() => {
        const scores = ops.scores(rowsOf(q, i, i + 1), keys);
        ops.softmax(scores, visible.subarray(i, i + 1), queries.scale);
        return Array.from(flat(scores));
      });
    return {
      output: ops.attend(q, keys, values, { visible, scale: queries.scale }).output,
      tokensRead: (i) => visible[i]!,
      reads: (i, row) => row < visible[i]!,
      weights: (i, rows) => {
        const all = weightsOf(i);
        return Float64Array.from(Array.from(rows), (row) => all[row]!);
      },
      entropy: () => 0,
    };
  }),
});

/** As `everything`, but blind: it reads the first token only. */
const blind: Mechanism["over"] = (cache) => (queries) =>
  everything(cache)({ ...queries, positions: new Int32Array(queries.count) });

/** As `everything`, but a fixed gate leaves four fifths of every weight. */
const gated: Mechanism["over"] = (cache) => (queries) => ({
  heads: everything(cache)(queries).heads.map((head) => ({
    ...head,
    weights: (i, rows) => head.weights(i, rows).map((weight) => 0.8 * weight),
  })),
});

function problem(circuit: Circuit, features: readonly string[], tokens: number): Problem {
  const refuse = () => {
    throw new Error("not needed");
  };
  return { messages: [], tokens, features, circuit, answer: "", respond: refuse, score: refuse, row: refuse };
}

const conclude = (problem: Problem, params: ReaderParams, mechanisms: readonly Mechanism["over"][]) =>
  readNumerics({ problem, params, ops, seed: "seed", mechanisms: mechanisms.map((over) => ({ over })) });

const tokensPerEdge = 5;

function graph(nodes: number, degree: number, hops: number, operation: "bfs" | "parents") {
  const random = new Random("graph");
  const source = Int32Array.from({ length: nodes * degree }, (_, e) => Math.floor(e / degree));
  const target = source.map(() => random.below(nodes));
  const [key, value] = operation === "bfs" ? [source, target] : [target, source];
  const start = target[0]!;
  let frontier = new Set([start]);
  const visited = new Set([start]);
  for (let hop = 0; hop < hops; hop++) {
    const next = new Set<number>();
    key.forEach((from, e) => {
      if (frontier.has(from) && !visited.has(value[e]!)) next.add(value[e]!);
    });
    for (const node of next) visited.add(node);
    frontier = next;
  }
  const records: RecordSet = {
    count: source.length,
    start: source.map((_, e) => 10 + tokensPerEdge * e),
    anchor: source.map((_, e) => 10 + tokensPerEdge * e + tokensPerEdge - 1),
    key: [{ weight: 1, features: key }],
    value,
  };
  const circuit: Circuit = {
    kind: "graph-walk",
    records,
    candidates: Int32Array.from({ length: nodes }, (_, i) => i),
    start,
    hops,
  };
  const names = Array.from({ length: nodes }, (_, i) => `node:${i}`);
  return {
    problem: problem(circuit, names, 20 + tokensPerEdge * source.length),
    truth: [...frontier].sort((a, b) => a - b),
  };
}

describe("graph walk", () => {
  for (const operation of ["bfs", "parents"] as const) {
    for (const groupSize of [1, 2]) {
      it(`${operation} finds the truth on a small graph, ${groupSize} query heads a kv head`, () => {
        const { problem: small, truth } = graph(60, 3, operation === "bfs" ? 2 : 1, operation);
        expect(truth.length).toBeGreaterThan(0);
        const params = resolveReader({ kvHeads: 2, groupSize, residualNoise: 0.3 });
        const [outcome] = [...conclude(small, params, [everything])];
        expect(outcome!.conclusion).toEqual(truth);
        const means = outcome!.seen;
        expect(means.recall).toBe(1);
        expect(means.goldMass).toBeGreaterThan(0.8);
      });
    }
  }

  it("fails when nothing can be read, and noise answers nothing", () => {
    const { problem: small } = graph(60, 3, 2, "bfs");
    const [outcome] = [...conclude(small, resolveReader({ kvHeads: 2 }), [blind])];
    expect(outcome!.seen.recall).toBe(0);
  });

  it("is the same alone and beside other mechanisms", () => {
    const { problem: small } = graph(60, 3, 2, "bfs");
    const params = resolveReader({ kvHeads: 2 });
    const conclusions = (mechanisms: Mechanism["over"][]) => [...conclude(small, params, mechanisms)];
    expect(conclusions([blind, everything])[1]).toEqual(conclusions([everything])[0]);
  });
});

/** A conversation of `pairs` requests and responses; every fourth request is the same. */
function conversation(pairs: number, wanted: number) {
  const each = Int32Array.from({ length: pairs }, (_, i) => i);
  const isNeedle = (i: number) => i % 4 === 1;
  const names = ["format:poem", "topic:frogs"];
  const format = each.map((i) => (isNeedle(i) ? 0 : names.push(`format:${i}`) - 1));
  const topic = each.map((i) => (isNeedle(i) ? 1 : names.push(`topic:${i}`) - 1));
  const message = each.map((i) => names.push(`message:${i}`) - 1);
  const half = Math.sqrt(0.5);
  const key = [
    { weight: half, features: format },
    { weight: half, features: topic },
  ];
  const needles = each.filter(isNeedle);
  const circuit: Circuit = {
    kind: "count-retrieve",
    requests: {
      count: pairs,
      start: each.map((i) => 5 + 30 * i),
      anchor: each.map((i) => 12 + 30 * i),
      key,
      value: each.map(() => -1),
    },
    responses: {
      count: pairs,
      start: each.map((i) => 13 + 30 * i),
      anchor: each.map((i) => 34 + 30 * i),
      key,
      value: message,
    },
    ordinals: each.map((i) => (isNeedle(i) ? needles.indexOf(i) + 1 : 1)),
    needles,
    wanted,
  };
  return { problem: problem(circuit, names, 40 + 30 * pairs), answer: message[needles[wanted - 1]!]! };
}

describe("count and retrieve", () => {
  for (const wanted of [1, 4, 8]) {
    it(`retrieves the ${wanted}. of 8 identical requests' responses`, () => {
      const { problem: talk, answer } = conversation(32, wanted);
      const [outcome] = [...conclude(talk, resolveReader(), [everything])];
      expect(outcome!.conclusion).toEqual([answer]);
      expect(outcome!.seen.queries).toBe(9);
    });
  }

  it("counts with the mechanism's own readout: a fixed gate does not change the count", () => {
    const { problem: talk, answer } = conversation(32, 7);
    const [outcome] = [...conclude(talk, resolveReader(), [gated])];
    expect(outcome!.conclusion).toEqual([answer]);
  });

  it("a mechanism's miscount stays its own: the next one reads a cache keyed by its own count", () => {
    const { problem: talk, answer } = conversation(32, 6);
    const outcomes = [...conclude(talk, resolveReader({ kvDtype: "fp8" }), [blind, everything])];
    expect(outcomes[1]!.conclusion).toEqual([answer]);
    expect(outcomes[0]!.conclusion).not.toEqual([answer]);
  });
});
