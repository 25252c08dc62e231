import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../../src/attention/all.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { mean } from "../../src/core/stats.ts";
import { Random } from "../../src/core/random.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { loadAutograd } from "../../src/learned/autograd.ts";
import type { Autograd } from "../../src/learned/autograd.ts";
import { logitsOf } from "../../src/learned/model.ts";
import { answerSwapped } from "../../src/learned/swapped.ts";
import type { SwappedAnswer } from "../../src/learned/swapped.ts";
import { labelledBatch } from "../../src/learned/tasks/all.ts";
import { contextOf } from "../../src/learned/tasks/mqar.ts";
import type { MqarSizes } from "../../src/learned/tasks/mqar.ts";
import { tensorsOf } from "../../src/learned/train.ts";
import { firstWeights } from "../../src/learned/weights.ts";
import type { ReaderWeights } from "../../src/learned/weights.ts";

const task: MqarSizes = {
  name: "mqar",
  vocabulary: 24,
  tokens: 32,
  pairs: 4,
  power: 1,
  randomFillers: true,
  layout: "scattered",
};
const shape = {
  vocabulary: 24,
  positions: 0,
  mixers: ["dense"],
  width: 16,
  heads: 2,
  window: 4,
  convolution: 2,
  expansion: 0,
} as const;
const batch = labelledBatch(task, 5, new Random(2));
const context = contextOf(task);

let tf: Autograd;
let weights: ReaderWeights;
beforeAll(async () => {
  tf = await loadAutograd("wasm");
  const drawn = firstWeights(shape, new Random(1));
  // larger weights than a reader begins with, so that attention is uneven
  weights = Object.fromEntries(
    Object.entries(drawn).map(([name, numbers]) => [name, numbers.map((x) => 20 * x)]),
  );
}, 120_000);

const ops = referenceEngine();
afterAll(() => {
  ops.close();
});

const answers = (variant: string): SwappedAnswer[] =>
  answerSwapped(tf, { shape, weights }, batch, { spec: parseSpec(variant), ops, context });

describe("answerSwapped", () => {
  it("answers with dense attention as the reader itself does, in the order of the batch", () => {
    const logits = logitsOf({ tf, shape, weights: tensorsOf(tf, shape, weights) }, batch);
    const chosen = tf.argMax(logits, 1).dataSync();
    // an untrained reader is seldom right: at every third place its own choice is the answer
    const asOwn = batch.answers.map((_, i) => (i % 3 === 0 ? chosen[i]! : (chosen[i]! + 1) % 24));
    const own = answerSwapped(
      tf,
      { shape, weights },
      { ...batch, answers: asOwn },
      { spec: parseSpec("dense"), ops, context },
    );
    expect(own.map(({ right }) => right)).toEqual(own.map((_, i) => i % 3 === 0));
    expect(own.length).toBe(20);
    expect(own.every(({ recall }) => recall === 1)).toBe(true);
  });

  it("counts the answers that a window reaches", () => {
    const own = answers("sink-window(sinks=0,window=20)");
    const reached = Array.from(batch.asked, (place, i) => Number(batch.sources[i]! > place - 20));
    expect(own.map(({ recall }) => recall)).toEqual(reached);
    expect(mean(reached)).toBeGreaterThan(0);
    expect(mean(reached)).toBeLessThan(1);
  });

  it("evicts from the context alone, by the queries of the context alone", () => {
    const own = answers("snapkv(budget=14,window=2)");
    // six of the 24 tokens of the context are left beside the question's eight
    expect(mean(own.map(({ recall }) => recall))).toBeGreaterThan(0);
    expect(mean(own.map(({ recall }) => recall))).toBeLessThan(0.6);
    expect(own.every(({ recall, goldMass }) => recall > 0 || goldMass === 0)).toBe(true);
  });

  it("refuses readers of several layers", () => {
    const two = { weights, shape: { ...shape, mixers: ["dense", "dense"] as const } };
    expect(() => answerSwapped(tf, two, batch, { spec: parseSpec("dense"), ops, context })).toThrow(
      "attention can be swapped in readers of one layer; got 2",
    );
  });
});
