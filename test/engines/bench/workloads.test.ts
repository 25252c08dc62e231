import { describe, expect, it } from "vitest";
import { flat, rowsOf, tensor } from "../../../src/core/tensor.ts";
import { listEngines, loadEngines } from "../../../src/engines/registry.ts";
import type { Ops } from "../../../src/engines/ops.ts";
import { attendOptions, BenchOperands, sizeOf } from "../../../src/engines/bench/operands.ts";
import { engineSubjects } from "../../../src/engines/bench/subject.ts";
import { gemm, workloads } from "../../../src/engines/bench/workloads.ts";

const usable = (await listEngines({ threads: 2 })).filter(({ usable }) => usable).map(({ name }) => name);
const { engines, memory } = await loadEngines(usable, { threads: 2 });
const small = workloads(256);
const operands = new BenchOperands(memory, sizeOf([gemm, ...small]));

describe("workloads", () => {
  it("are those of long contexts", () => {
    expect(workloads().map(({ name }) => name)).toEqual([
      "decode-q1-1048576x128",
      "decode-q8-1048576x128",
      "decode-q64-65536x128",
      "decode-q64-1048576x64",
      "prefill-4096x128",
      "prefill-16384x128",
      "block-mean-1048576x128",
      "gather-2048x128",
      "top-2048-of-1048576",
      "normals-134217728",
    ]);
  });

  it("count the bytes that must be moved, multiplications and additions", () => {
    const [q1, , , , prefill] = workloads();
    expect([q1!.bytes, q1!.flops]).toEqual([2 ** 30, 2 ** 29]);
    expect([prefill!.bytes, prefill!.flops]).toEqual([2 ** 23, 2 * 4096 * 4097 * 128]);
  });

  it.each(small.filter(({ kind }) => ["decode", "gather"].includes(kind)))(
    "$name: each query gives a row about half of its weight, so that an output is no mean of many",
    (workload) => {
      const queries = operands.queries(workload);
      const table = { tensor: operands.keys(workload), kind: "kv", rowBytes: 0 } as const;
      const { sum } = engines[0]!.attend(queries, table, table, attendOptions(workload));
      // the row's own exponential is 1; the others' hang on its length, which varies
      for (const total of sum) expect(total).toBeLessThan(50);
      expect(Math.max(...sum)).toBeGreaterThan(1.1);
    },
  );
});

const subjects = engineSubjects(engines, operands);

describe.each(subjects)("$name", (subject) => {
  it.each([...small, gemm])("$name agrees with float64", async (workload) => {
    const { error, tolerance } = (await subject.check(workload))!;
    expect(error).toBeLessThanOrEqual(tolerance);
    expect(tolerance).toBeLessThan(0.1);
  });
});

/** An engine that errs in what it gives, by a hundredth and more. */
const erring = (ops: Ops): Ops => ({
  ...ops,
  fillNormal: () => undefined,
  attend(...args) {
    const attended = ops.attend(...args);
    return {
      ...attended,
      output: tensor(
        flat(attended.output).map((x) => 1.05 * x),
        attended.output.shape,
      ),
    };
  },
  scores: (...args) =>
    tensor(
      flat(ops.scores(...args)).map((x) => 1.05 * x),
      [1024, 1024],
    ),
  blockMean: (rows, block, stride) => ops.blockMean(rows, block - 1, stride),
  topK(scores, k, visible) {
    const lists = ops.topK(scores, k, visible);
    return { ...lists, rows: lists.rows.map((row, i) => (i === 1 ? row + 1 : row)) };
  },
});

describe("an engine that errs", () => {
  const [ops] = engines;
  const [subject] = engineSubjects([erring(ops!)], operands);
  it.each([gemm, ...small])("is caught in $name", async (workload) => {
    const { error, tolerance } = (await subject!.check(workload))!;
    expect(error).toBeGreaterThan(tolerance);
  });

  it("leaves the numbers as they were", () => {
    const normals = small.find(({ kind }) => kind === "normals")!;
    memory.fillNormal(operands.keys(normals), [1, 0]);
    expect(flat(rowsOf(operands.keys(normals), 0, 1)).every(Number.isFinite)).toBe(true);
  });
});
