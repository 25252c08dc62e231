import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { RowLists, Tensor } from "../../src/core/tensor.ts";
import { flat, tensor, zeros } from "../../src/core/tensor.ts";
import type { Attended, Ops, Table } from "../../src/engines/ops.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { tfjsOver, tfjsStatus } from "../../src/engines/tfjs/engine.ts";
import type { Tf } from "../../src/engines/tfjs/api.ts";
import { loadTf } from "../../src/engines/tfjs/load.ts";

const reference = referenceEngine();
const { usable, reason } = tfjsStatus();

/** Standard normal numbers in float32. */
function normal(name: string, rows: number, width: number): Tensor {
  const out = zeros(rows, width);
  reference.fillNormal(out, new Random(name).key);
  return out;
}

const table = (of: Tensor): Table => ({ tensor: of, kind: "kv", rowBytes: 0 });

/** Largest difference, relative to the largest magnitude expected. */
function difference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    if (got[i] === expected[i]) continue;
    error = Math.max(error, Math.abs(got[i]! - expected[i]!) || Infinity);
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return error === 0 ? 0 : error / size;
}

function expectClose(got: Attended, expected: Attended): void {
  for (const part of ["max", "sum", "moment"] as const)
    expect(difference(got[part], expected[part])).toBeLessThan(1e-5);
  expect(difference(flat(got.output), flat(expected.output))).toBeLessThan(1e-5);
}

const lists = (rows: readonly (readonly number[])[]): RowLists => ({
  offsets: Int32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]),
  rows: Int32Array.from(rows.flat()),
});

/** Cases beyond the shared tests of the engines: more than one block, and TensorFlow's memory. */
describe.skipIf(!usable)(`tfjs${usable ? "" : ` (skipped: ${reason})`}`, () => {
  let tf: Tf;
  let ops: Ops;
  /** The same kernels, cut into many blocks. */
  let cut: Ops;
  beforeAll(() => {
    const loaded = loadTf();
    tf = loaded.tf;
    ops = tfjsOver(tf, reference, loaded.threads);
    cut = tfjsOver(tf, reference, loaded.threads, { table: 1000, scores: 700, queries: 5 });
  });

  it("merges blocks of queries and keys under a causal mask", () => {
    const [queries, n] = [33, 1111];
    const [q, k, v] = [normal("q", queries, 8), normal("k", n, 8), normal("v", n, 4)];
    // some see nothing, some end within a block, some at its edge
    const visible = Int32Array.from({ length: queries }, (_, i) => (i % 7 === 0 ? 0 : n - 35 * i));
    const options = { visible, scale: 0.9 };
    expectClose(cut.attend(q, table(k), table(v), options), reference.attend(q, table(k), table(v), options));
  });

  it("does not read keys that no query sees", () => {
    const [q, k, v] = [normal("q", 3, 8), normal("k", 50, 8), normal("v", 50, 8)];
    const options = { visible: Int32Array.of(10, 20, 30), scale: 1 };
    const before = ops.attend(q, table(k), table(v), options);
    for (const poisoned of [k, v]) flat(poisoned).fill(NaN, 30 * 8);
    expect(ops.attend(q, table(k), table(v), options)).toEqual(before);
  });

  it("merges blocks of listed rows, lists of unequal lengths and empty ones", () => {
    const [q, k, v] = [normal("q", 4, 16), normal("k", 80, 16), normal("v", 80, 24)];
    const rows = lists([[3], [], Array.from({ length: 70 }, (_, r) => r + 5), [0, 79]]);
    const options = { visible: new Int32Array(4).fill(80), scale: 0.25, rows };
    for (const engine of [ops, cut]) {
      expectClose(
        engine.attend(q, table(k), table(v), options),
        reference.attend(q, table(k), table(v), options),
      );
      const got = engine.scoresAt(q, table(k), rows);
      expect(difference(got, reference.scoresAt(q, table(k), rows))).toBeLessThan(1e-5);
    }
  });

  it("scores a table block by block", () => {
    const [q, rows, bounds] = [normal("q", 12, 8), normal("rows", 333, 8), normal("bounds", 333, 16)];
    for (let p = 0; p < 333; p++)
      for (let c = 0; c < 8; c++) bounds.set(p, c + 8, bounds.get(p, c) + Math.abs(bounds.get(p, c + 8)));
    const weights = Float32Array.of(-1.5, -0.5, 0.5, 1.5);
    const pairs: [Tensor, Tensor][] = [
      [cut.scores(q, table(rows)), reference.scores(q, table(rows))],
      [cut.reluScores(q, weights, table(rows)), reference.reluScores(q, weights, table(rows))],
      [cut.boundScores(q, table(bounds)), reference.boundScores(q, table(bounds))],
    ];
    for (const [got, expected] of pairs) {
      expect(got.shape).toEqual(expected.shape);
      expect(difference(flat(got), flat(expected))).toBeLessThan(1e-5);
    }
  });

  it("softmax and top-k, query block by query block", () => {
    const scores = normal("scores", 20, 100);
    const visible = Int32Array.from({ length: 20 }, (_, i) => 6 * i);
    expect(cut.topK(scores, 9, visible)).toEqual(reference.topK(scores, 9, visible));
    const expected = tensor(flat(scores).slice(), [20, 100]);
    reference.softmax(expected, visible, 1.5);
    cut.softmax(scores, visible, 1.5);
    expect(difference(flat(scores), flat(expected))).toBeLessThan(1e-5);
  });

  it("means and bounds of more than one block, overlapping and cut", () => {
    const rows = normal("rows", 717, 24);
    for (const [size, stride] of [
      [4, 4],
      [8, 4],
      [3, 5],
      [1000, 7],
    ] as const) {
      const got = cut.blockMean(rows, size, stride);
      const expected = reference.blockMean(rows, size, stride);
      expect(got.shape).toEqual(expected.shape);
      expect(difference(flat(got), flat(expected))).toBeLessThan(1e-5);
    }
    expect(flat(cut.pageMinMax(rows, 9))).toEqual(Float32Array.from(flat(reference.pageMinMax(rows, 9))));
  });

  it("breaks ties of top-k towards the lower row over a million rows", () => {
    const n = 2 ** 20;
    const few = tensor(
      Float32Array.from({ length: n }, (_, r) => (r * 7919) % 13),
      [1, n],
    );
    const visible = Int32Array.of(n - 5);
    expect(ops.topK(few, 2048, visible)).toEqual(reference.topK(few, 2048, visible));
  });

  it("softmax gives 0 where a query sees nothing, or only -Infinity", () => {
    const scores = tensor(Float32Array.of(1, 2, 3, -Infinity, -Infinity, NaN, NaN, 1, 1), [3, 3]);
    ops.softmax(scores, Int32Array.of(3, 2, 0), 2);
    expect(Array.from(flat(scores).subarray(3))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(flat(scores)[2]! / flat(scores)[1]!).toBeCloseTo(Math.exp(2), 4);
  });

  it("gives the same bits each time", () => {
    const [q, k, v] = [normal("q", 64, 64), normal("k", 40000, 64), normal("v", 40000, 64)];
    const options = { visible: new Int32Array(64).fill(40000), scale: 0.125 };
    expect(ops.attend(q, table(k), table(v), options)).toEqual(ops.attend(q, table(k), table(v), options));
  });

  it("leaves nothing in TensorFlow's memory", () => {
    const [q, k] = [normal("q", 4, 8), normal("k", 100, 8)];
    const bounds = table(normal("bounds", 10, 16));
    const visible = new Int32Array(4).fill(90);
    const rows = lists([[1], [2, 3], [], [4]]);
    const before = tf.memory().numTensors;
    ops.attend(q, table(k), table(k), { visible, scale: 1 });
    ops.attend(q, table(k), table(k), { visible, scale: 1, rows });
    ops.scoresAt(q, table(k), rows);
    ops.reluScores(q, Float32Array.of(1, 2), table(k));
    ops.boundScores(q, bounds);
    const scores = ops.scores(q, table(k));
    ops.topK(scores, 5, visible);
    ops.softmax(scores, visible, 1);
    ops.blockMean(k, 8, 8);
    ops.pageMinMax(k, 8);
    expect(tf.memory().numTensors).toBe(before);
  });
});
