import { describe, expect, it } from "vitest";
import { directionsOf } from "../../../src/attention/parts/directions.ts";
import { mean } from "../../../src/core/stats.ts";
import { dot, norm, rowNumbers } from "../../../src/core/tensor.ts";
import type { Tensor } from "../../../src/core/tensor.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { embedText } from "../../../src/reader/numerics/text-records.ts";
import { headSpaces } from "../../../src/reader/numerics/workspace.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import { drawProblem, parseTask } from "../../../src/tasks/spec.ts";
import { runTrials } from "../../../src/trial/run.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";

const ops = await loadEngine("wasm", { threads: 1 });

function embedded(task: string, geometry: string, kvHeads = 2) {
  const problem = drawProblem(parseTask(task), { tokens: 2048, seed: 0, index: 0 });
  const { circuit, tokens } = problem;
  if (circuit.kind !== "retrieve") throw new Error("a retrieval");
  const params = resolveReader({ kvHeads, sharpness: 5, geometry });
  const workspace = {
    ops,
    params,
    seed: "s",
    tokens,
    spaces: headSpaces(ops, kvHeads),
    measure: <T>(_: string, work: () => T) => work(),
  };
  const { records, contextEnd } = circuit;
  const text = parseGeometry(geometry).text!;
  return embedText(workspace, { problem, records, contextEnd, geometry: text }, () => [
    { subject: [{ weight: 1, feature: 0 }] },
  ]);
}

type Embedded = ReturnType<typeof embedded>;

const key = ({ cache }: Embedded, token: number) => rowNumbers(cache.heads[0]!.keys.tensor, token);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dot(a, b) / (norm(a) * norm(b));
}

const reader = { kvHeads: 8, sharpness: 7, residualNoise: 0.7, geometry: "text" };
const scoresOf = (task: string, variant: string, more: object = {}): number[] => {
  const trials = [0, 1].map((trial) =>
    makeTrial({
      task: `ruler(task=${task})`,
      variant,
      tokens: 4096,
      trial,
      reader: { ...reader, ...more },
    }),
  );
  const scores: number[] = [];
  runTrials(trials, { ops, onRow: (_, row) => scores.push(row.score!) });
  return scores;
};

describe("keys that follow the text", () => {
  it("have their mean and the keys of equal tokens in common, by their shares", () => {
    const only = "kind=0,context=0,subject=0,salience=0";
    const {
      prompt: { stream },
    } = embedded("ruler(task=niah_single_1)", "text");
    const pairs = Array.from(
      stream.ids.slice(0, 400),
      (id, t) => [t, stream.ids.indexOf(id, t + 1)] as const,
    ).filter(([, next]) => next > 0);
    const alike = (given: string): number => {
      const text = embedded("ruler(task=niah_single_1)", `text(${only},${given})`);
      return mean(pairs.map(([a, b]) => cosine(key(text, a), key(text, b))));
    };
    // 16 of 128 channels hold positions, which are far from alike here, and one holds salience
    const none = alike("mean=0,token=0");
    expect(alike("mean=0,token=.8") - none).toBeGreaterThan(0.5);
    expect(alike("mean=.8,token=0") - none).toBeGreaterThan(0.5);
    expect(alike("mean=.4,token=.4")).toBeCloseTo(alike("mean=.8,token=0"), 1);
  });

  it("stand out along one direction where they spell numbers and answers", () => {
    const text = embedded("ruler(task=niah_single_2)", "text(salience=4)");
    const {
      heads,
      prompt: { place, stream },
    } = text;
    const along = Array.from(stream.ids, (_, t) => dot(key(text, t), heads[0]!.codes.outstanding));
    const [answers, others] = [along.filter((_, t) => place[t]! >= 0), along.filter((_, t) => place[t]! < 0)];
    expect(answers).toHaveLength(3);
    expect(mean(answers) - mean(others)).toBeGreaterThan(2.5);
    expect(mean(others)).toBeCloseTo(0, 0);
  });

  it("are asked by prefill's queries for what is near, what is repeated and what stands out", () => {
    const logits = (geometry: string): { at: number; all: number[]; text: Embedded } => {
      const text = embedded("ruler(task=niah_single_2)", geometry);
      const { heads, positions, scale } = text.cache.observed(64, false);
      const at = positions[40]!;
      const all = Array.from(
        { length: at + 1 },
        (_, t) => scale * dot(rowNumbers(heads[0]!, 40), key(text, t)),
      );
      return { at, all, text };
    };
    const level = "aversion=0,sink=0,waver=0";
    const still = `gather=0,induction=0,unrest=0,${level}`;
    const near = logits(`text(locality=8,headSpread=0,${still})`);
    expect(near.all[near.at]).toBeCloseTo(8, 4);
    expect(mean(near.all.slice(-16))).toBeGreaterThan(mean(near.all.slice(0, 256)) + 1);
    const quiet = logits(`text(locality=0,${still})`);
    expect(Math.max(...quiet.all.map(Math.abs))).toBeLessThan(1e-5);
    const out = logits(
      `text(opinion=0,gather=2,glance=1,headSpread=0,locality=0,induction=0,unrest=0,${level})`,
    );
    const found = out.text.prompt.salience.slice(0, out.at + 1);
    expect(cosine(out.all, found)).toBeGreaterThan(0.75);
  });
});

describe("directions", () => {
  const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  /** Share of squares that rows have in the best directions. */
  const shareIn = (rows: readonly Float64Array[], directions: number): number => {
    const along = directionsOf(rows, false).map((way) =>
      rows.reduce((sum, row) => sum + dot(way, row) ** 2, 0),
    );
    return total(along.slice(0, directions)) / total(along);
  };
  const queries = (geometry: string): { subjects: Float64Array[]; looks: Float64Array[] } => {
    const text = embedded("ruler(task=niah_multikey_3)", geometry);
    const [asked] = text.asking(text.prompt.subjects.map((subject) => ({ subject })));
    const { heads, count } = text.cache.observed(256, false);
    const numbers = (rows: Tensor, size: number): Float64Array[] =>
      Array.from({ length: size }, (_, i) => Float64Array.from(rowNumbers(rows, i)));
    return { subjects: numbers(asked!, text.prompt.subjects.length), looks: numbers(heads[0]!, count) };
  };
  const still = "aversion=0,gather=0,induction=0,locality=0,headSpread=0";

  it("are few for subjects and for prefill's queries, and are as many as the channels by default", () => {
    const few = queries(`text(directions=6,${still})`);
    expect(shareIn(few.subjects, 6)).toBeGreaterThan(0.9999);
    expect(shareIn(few.subjects, 5)).toBeLessThan(0.99);
    expect(shareIn(few.looks, 6)).toBeGreaterThan(0.9999);
    const all = queries(`text(${still})`);
    expect(shareIn(all.subjects, 6)).toBeLessThan(0.5);
    expect(shareIn(all.looks, 6)).toBeLessThan(0.5);
  });

  it("leave the lengths of queries as they are, and are no more than the channels of content", () => {
    const lengths = (geometry: string): number[] => queries(geometry).looks.map(norm);
    const all = lengths(`text(${still})`);
    lengths(`text(directions=1024,${still})`).forEach((length, i) => expect(length).toBeCloseTo(all[i]!, 4));
  });
});

it("the heads that retrieve most look least to near keys", () => {
  const { heads } = embedded("ruler(task=niah_single_2)", "text", 8);
  const gains = heads.map(({ codes }) => codes.gain.locality);
  expect(gains).toEqual(gains.toSorted((a, b) => a - b));
  expect(gains[7]! / gains[0]!).toBeGreaterThan(1.5);
  const [alike] = embedded("ruler(task=niah_single_2)", "text(headSpread=0)", 8).heads;
  expect(alike!.codes.gain).toEqual({ salience: 1, locality: 1 });
});

describe("a second reading", () => {
  it("asks for each token by the words before it and its subject, the harder the more it stands out", () => {
    const text = embedded("ruler(task=niah_single_2)", "text(mean=0)");
    const { prompt } = text;
    const wanted = Int32Array.from({ length: 400 }, (_, i) => 1000 + i);
    const { heads, positions, scale } = text.cache.repeated!(wanted);
    expect(new Set(positions)).toEqual(new Set([1399]));
    const length = (i: number): number => norm(rowNumbers(heads[0]!, i)) / Math.sqrt(128);
    const own = (i: number): number => scale * dot(rowNumbers(heads[0]!, i), key(text, wanted[i]!));
    const pull = (i: number): number => Math.min(1, Math.max(0.05, 0.3 + 0.2 * prompt.salience[wanted[i]!]!));
    const each = [...wanted.keys()];
    for (const i of each) expect(length(i)).toBeCloseTo(pull(i), 5);
    const [quiet, loud] = [each.filter((i) => pull(i) < 0.2), each.filter((i) => pull(i) > 0.5)];
    expect(mean(loud.map(own))).toBeGreaterThan(mean(quiet.map(own)) + 5);
    // a token of a record asks for its subject too
    const anchor = prompt.records.anchor[0]!;
    const asked = text.cache.repeated!(Int32Array.of(anchor)).heads[0]!;
    const plain = text.asking([{ subject: prompt.subjects[0]! }])[0]!;
    expect(cosine(rowNumbers(asked, 0), rowNumbers(plain, 0))).toBeGreaterThan(0.2);
  });

  it("lets kvzip keep answers within a quarter of the tokens", () => {
    expect(scoresOf("niah_single_2", "kvzip(budget=1024)")).toEqual([1, 1]);
  });
});

describe("answers read token by token", () => {
  it.each(["niah_single_3", "niah_multikey_3", "niah_multivalue", "vt"])(
    "are found by dense attention: %s",
    (task) => {
      expect(mean(scoresOf(task, "dense"))).toBeGreaterThan(0.9);
    },
  );

  it("are lost where one token of many is evicted: half of a haystack of identifiers", () => {
    expect(scoresOf("niah_multikey_3", "keydiff(budget=2048)")).toEqual([0, 0]);
    expect(scoresOf("niah_single_3", "keydiff(budget=2048)")).toEqual([1, 1]);
  });

  it("are not written where the model's own guess is stronger", () => {
    expect(scoresOf("niah_single_1", "dense", { geometry: "text(guess=1)" })).toEqual([0, 0]);
  });

  it("are the same on every run", () => {
    const text = () => embedded("ruler(task=niah_single_2)", "text");
    expect([...key(text(), 100)]).toEqual([...key(text(), 100)]);
  });

  it("are refused for a task without a question", () => {
    const trial = makeTrial({ task: "prefill", variant: "dense", tokens: 2048, reader });
    expect(() => runTrials([trial], { ops, onRow: () => undefined })).toThrow(/tasks with a question; got/);
  });
});
