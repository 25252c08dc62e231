import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attendFiles } from "../../src/runs/attend-files.ts";
import { Random } from "../../src/core/random.ts";
import { loadAutograd } from "../../src/learned/autograd.ts";
import type { Autograd } from "../../src/learned/autograd.ts";
import { rateAt } from "../../src/learned/adamw.ts";
import { captureOf } from "../../src/learned/capture.ts";
import { labelledBatch } from "../../src/learned/tasks/all.ts";
import { contextOf } from "../../src/learned/tasks/mqar.ts";
import { trainReader } from "../../src/learned/run.ts";
import { firstState, gradientsOf } from "../../src/learned/train.ts";
import type { TrainSettings } from "../../src/learned/train.ts";
import { TensorFile } from "../../src/files/tensor-file.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

let tf: Autograd;
beforeAll(async () => {
  tf = await loadAutograd("wasm");
}, 120_000);

const task = {
  name: "mqar",
  vocabulary: 20,
  tokens: 16,
  pairs: 2,
  power: 0.01,
  randomFillers: false,
  layout: "listed",
} as const;
const settings: TrainSettings = {
  shape: {
    vocabulary: 20,
    positions: 16,
    mixers: ["window", "gated-delta"],
    width: 8,
    heads: 2,
    window: 4,
    convolution: 2,
    expansion: 2,
  },
  task,
  batch: 4,
  steps: 6,
  rate: 0.01,
  warmup: 2,
  every: 2,
  evaluated: 8,
  enough: 1.1,
  seed: 3,
};

describe("mqar", () => {
  const batch = labelledBatch(task, 50, new Random(1));

  it("has each key's value after its pair, and asks for each key once", () => {
    const { symbols, asked, answers, sources } = batch;
    expect(asked.length).toBe(100);
    for (let i = 0; i < asked.length; i++) {
      const start = 16 * Math.floor(asked[i]! / 16);
      expect(asked[i]! - start).toBeGreaterThanOrEqual(4);
      expect((asked[i]! - start) % 2).toBe(0);
      expect(symbols[sources[i]! - 1]).toBe(symbols[asked[i]!]);
      expect(symbols[sources[i]!]).toBe(answers[i]);
      expect(answers[i]).toBeGreaterThanOrEqual(10);
      expect(symbols[asked[i]!]).toBeGreaterThanOrEqual(1);
      expect(symbols[asked[i]!]).toBeLessThan(10);
    }
    // two pairs and two keys; everything else is filler
    expect(symbols.filter((symbol) => symbol !== 0).length).toBe(50 * 6);
  });

  it("is a function of the stream", () => {
    expect(labelledBatch(task, 50, new Random(1))).toEqual(batch);
    expect(labelledBatch(task, 50, new Random(2)).symbols).not.toEqual(batch.symbols);
    // the first sequences of a batch are those of a smaller one
    expect(labelledBatch(task, 3, new Random(1)).symbols).toEqual(batch.symbols.slice(0, 48));
  });

  it("fills all other places with symbols that are none of the sequence's keys", () => {
    const filled = labelledBatch({ ...task, randomFillers: true }, 50, new Random(1));
    expect(filled.asked).toEqual(batch.asked);
    expect(filled.answers).toEqual(batch.answers);
    for (let s = 0; s < 50; s++) {
      const own = filled.symbols.subarray(16 * s, 16 * s + 16);
      for (const key of [own[0], own[2]]) expect(own.filter((symbol) => symbol === key).length).toBe(2);
    }
    const fillers = filled.symbols.filter((_, i) => batch.symbols[i] === 0);
    expect(new Set(fillers).size).toBe(19);
  });

  it("scatters the pairs over the context, and asks for all keys after it", () => {
    const scattered = labelledBatch({ ...task, layout: "scattered", randomFillers: true }, 50, new Random(1));
    for (let i = 0; i < 100; i++) {
      expect(scattered.asked[i]! % 16).toBe(12 + 2 * (i % 2));
      expect(scattered.sources[i]! % 16).toBeLessThan(contextOf({ ...task, layout: "scattered" }));
      expect(scattered.symbols[scattered.sources[i]! - 1]).toBe(scattered.symbols[scattered.asked[i]!]);
      expect(scattered.symbols[scattered.sources[i]!]).toBe(scattered.answers[i]);
    }
    expect(new Set(scattered.sources.map((place) => place % 16))).toEqual(new Set([1, 3, 5, 7, 9, 11]));
  });

  it("asks mostly at small gaps: place g with weight (g + 1)^-.99", () => {
    const sequences = 2000;
    const { asked } = labelledBatch({ ...task, pairs: 1 }, sequences, new Random(5));
    const nearest = asked.filter((place) => place % 16 === 2).length / sequences;
    const expected = 1 / Array.from({ length: 7 }, (_, g) => (g + 1) ** -0.99).reduce((a, b) => a + b);
    // three standard errors of a share
    expect(Math.abs(nearest - expected)).toBeLessThan(3 * Math.sqrt(0.25 / sequences));
  });

  it.each([
    [{ ...task, pairs: 5 }, "mqar: 5 pairs need an even number of tokens >= 20; got 16"],
    [{ ...task, vocabulary: 16 }, "mqar: 2 pairs in 16 tokens need a vocabulary > 16; got 16"],
  ])("refuses sizes that the source refuses", (sizes, message) => {
    expect(() => labelledBatch(sizes, 1, new Random(1))).toThrow(message);
  });
});

describe("k-hop", () => {
  const sizes = { name: "k-hop", vocabulary: 8, tokens: 30, hops: 3, most: 3, mixed: false } as const;

  it("asks for the character at the end of the hops, by the definition", () => {
    const { symbols, asked, answers, sources } = labelledBatch(sizes, 20, new Random(1));
    expect(asked.length).toBeGreaterThan(200);
    for (let i = 0; i < asked.length; i++) {
      const start = 30 * Math.floor(asked[i]! / 30);
      let at = asked[i]!;
      for (let hop = 0; hop < 3; hop++) at = symbols.lastIndexOf(symbols[at]!, at - 1) + 1;
      expect(at).toBeGreaterThan(start);
      expect(sources[i]).toBe(at);
      expect(answers[i]).toBe(symbols[at]);
      expect(symbols[start]).toBe(3);
    }
  });

  it("draws a number of hops for each sequence where they are mixed", () => {
    const { symbols } = labelledBatch({ ...sizes, mixed: true }, 60, new Random(1));
    const own = Array.from({ length: 60 }, (_, s) => symbols[30 * s]!);
    expect(new Set(own)).toEqual(new Set([1, 2, 3]));
    expect(() => labelledBatch({ ...sizes, vocabulary: 6 }, 1, new Random(1))).toThrow(
      "k-hop: 3 hops need a vocabulary >= 7; got 6",
    );
  });
});

it("graph-lookup asks once for the end of each edge, and most nodes are a start and an end", () => {
  const sizes = { name: "graph-lookup", vocabulary: 12, tokens: 24, edges: 6 } as const;
  const { symbols, asked, answers, sources } = labelledBatch(sizes, 30, new Random(1));
  expect(asked.length).toBe(180);
  let alsoEnds = 0;
  for (let i = 0; i < asked.length; i++) {
    expect(symbols[sources[i]! - 1]).toBe(symbols[asked[i]!]);
    expect(symbols[sources[i]!]).toBe(answers[i]);
    expect(answers[i]).not.toBe(symbols[asked[i]!]);
    const start = 24 * Math.floor(asked[i]! / 24);
    const ends = Array.from({ length: 6 }, (_, edge) => symbols[start + 2 * edge + 1]);
    if (ends.includes(symbols[asked[i]!])) alsoEnds++;
  }
  expect(new Set(sources).size).toBe(180);
  expect(alsoEnds / asked.length).toBeGreaterThan(0.5);
  expect(() => labelledBatch({ ...sizes, edges: 7 }, 1, new Random(1))).toThrow(
    "graph-lookup: 7 edges need 28 tokens or more; got 24",
  );
});

describe("gradients of the whole reader", () => {
  it.each([["dense"], ["window"], ["linear"], ["gated-delta"]] as const)(
    "are finite differences along their own direction: %s",
    (mixer) => {
      const shape = { ...settings.shape, mixers: [mixer] };
      const batch = labelledBatch(task, 4, new Random(7));
      // larger weights than a reader begins with, so that attention is uneven
      const weights = Object.fromEntries(
        Object.entries(firstState({ ...settings, shape }).weights).map(([name, numbers]) => [
          name,
          numbers.map((x) => (Math.abs(x) < 0.2 ? 10 * x : x)),
        ]),
      );
      const { gradients } = gradientsOf(tf, shape, weights, batch);
      for (const [name, gradient] of Object.entries(gradients)) {
        const length = Math.hypot(...gradient);
        const loss = (by: number): number => {
          const moved = weights[name]!.map((x, i) => x + (by * gradient[i]!) / length);
          return gradientsOf(tf, shape, { ...weights, [name]: moved }, batch).loss;
        };
        expect(length, name).toBeGreaterThan(1e-4);
        // fourth-order differences; rounding in float32 leaves about 1e-6 of the loss, over h
        const h = 0.002;
        const slope = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
        expect(Math.abs(slope - length), name).toBeLessThan(1e-3 + 0.003 * length);
      }
    },
    60_000,
  );
});

describe("trainReader", () => {
  it("goes on from a checkpoint to the same losses, and refuses other settings", async () => {
    const whole = await trainReader({ settings, folder: join(folder, "whole"), backend: "wasm" });
    expect(whole.state.curve.map(({ step }) => step)).toEqual([2, 4, 6]);
    const again = { settings, folder: join(folder, "again"), backend: "wasm" } as const;
    // stops after the first evaluation
    await expect(
      trainReader({
        ...again,
        onEvaluation: () => {
          throw new Error("stopped");
        },
      }),
    ).rejects.toThrow("stopped");
    const resumed = await trainReader(again);
    expect(resumed.state).toEqual(whole.state);
    const csv = readFileSync(resumed.paths[1]!, "utf8");
    expect(csv).toBe(readFileSync(whole.paths[1]!, "utf8"));
    expect(csv.split("\n")[0]).toBe("step,rate,trainLoss,loss,accuracy");
    await expect(trainReader({ ...again, settings: { ...settings, rate: 0.02 } })).rejects.toThrow(
      "is of a run with other settings",
    );
  }, 60_000);

  it("learns: a dense reader of six symbols beats chance, ln 3, and ends early", async () => {
    const easy: TrainSettings = {
      ...settings,
      shape: { ...settings.shape, vocabulary: 12, positions: 8, mixers: ["dense"], width: 16, heads: 1 },
      task: { ...task, vocabulary: 12, tokens: 8, pairs: 1 },
      batch: 16,
      steps: 150,
      rate: 0.02,
      warmup: 5,
      every: 25,
      evaluated: 64,
      enough: 0.95,
    };
    const { state } = await trainReader({ settings: easy, folder: join(folder, "easy"), backend: "wasm" });
    expect(state.curve.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.95);
    expect(state.step).toBeLessThanOrEqual(150);
  }, 120_000);

  it("writes a capture that attend reads, layer by layer", async () => {
    const run = {
      settings: { ...settings, steps: 2 },
      folder: join(folder, "captured"),
      backend: "wasm",
    } as const;
    const { paths, state } = await trainReader(run);
    const file = TensorFile.open(`${paths[2]!}:k`, "k");
    expect(file.shape).toEqual([2, 2, 16, 4]);
    const batch = labelledBatch(task, 1, new Random(3).fork("learned").fork("evaluation").fork(0));
    const { k, matches } = captureOf(tf, { shape: settings.shape, weights: state.weights }, batch);
    const read = new Float32Array(k.data.length);
    file.read(0, read);
    file.close();
    expect(read).toEqual(k.data);
    expect(new Set(matches.map(({ source }) => source))).toEqual(new Set([1, 3]));
    const report = await attendFiles({
      variant: "sink-window(sinks=0,window=4)",
      paths: { q: paths[2]!, k: paths[2]!, v: paths[2]! },
      batch: 1,
      engine: "reference",
      compare: true,
    });
    expect(report.heads.map(({ kvHead }) => kvHead)).toEqual([0, 1]);
    // the mean of min(4, 1 .. 16)
    expect(report.heads[0]!.tokensRead).toBeCloseTo((1 + 2 + 3 + 13 * 4) / 16);
  }, 60_000);
});

it("the learning rate rises straight, and falls by half a cosine to 0", () => {
  const given = { peak: 2, warmup: 4, steps: 12 };
  expect([1, 4, 8, 12].map((step) => rateAt(step, given))).toEqual([0.5, 2, 1, 0]);
});
