import { describe, expect, it } from "vitest";
import { counting } from "../../src/engines/counting.ts";
import type { Table } from "../../src/engines/ops.ts";
import { normals, reference } from "./cases.ts";

describe("a counting engine", () => {
  const ops = counting(reference);
  const kv: Table = { tensor: normals(1, 50, 8), kind: "kv", rowBytes: 16 };
  const index: Table = { tensor: normals(2, 50, 8), kind: "index", rowBytes: 5 };
  const queries = normals(3, 4, 8);
  const counted = (work: () => unknown): [kv: number, index: number, built: number] => {
    ops.counts.reset();
    work();
    return [ops.counts.kv, ops.counts.index, ops.counts.built];
  };

  it("adds up K and V of every row that a query reads", () => {
    const visible = Int32Array.of(0, 10, 50, 60);
    const rows = { offsets: Int32Array.of(0, 0, 2, 5, 5), rows: Int32Array.of(1, 2, 3, 4, 5) };
    expect(counted(() => ops.attend(queries, kv, kv, { visible, scale: 1 }))).toEqual([110 * 32, 0, 0]);
    expect(counted(() => ops.attend(queries, kv, kv, { visible, scale: 1, rows }))).toEqual([5 * 32, 0, 0]);
    expect(counted(() => ops.attend(queries, index, kv, { visible, scale: 1, rows }))).toEqual([
      5 * 16,
      5 * 5,
      0,
    ]);
  });

  it("adds up index rows once per query, however many index heads it has", () => {
    const bounds: Table = { tensor: ops.pageMinMax(kv.tensor, 10), kind: "index", rowBytes: 32 };
    const lists = { offsets: Int32Array.of(0, 1, 3, 3, 3), rows: Int32Array.of(7, 8, 9) };
    expect(counted(() => ops.scores(queries, index))).toEqual([0, 4 * 50 * 5, 0]);
    expect(counted(() => ops.scoresAt(queries, index, lists))).toEqual([0, 3 * 5, 0]);
    expect(counted(() => ops.reluScores(queries, Float32Array.of(1, 2), index))).toEqual([0, 2 * 50 * 5, 0]);
    expect(counted(() => ops.boundScores(queries, bounds))).toEqual([0, 4 * 5 * 32, 0]);
  });

  it("counts building apart", () => {
    const rows = normals(4, 50, 8);
    expect(counted(() => ops.blockMean(rows, 4, 4))).toEqual([0, 0, 1600]);
    expect(counted(() => ops.round(rows, "bf16"))).toEqual([0, 0, 1600]);
    expect(counted(() => ops.fillNormal(rows, [1, 1]))).toEqual([0, 0, 1600]);
    const scores = ops.scores(queries, kv);
    expect(counted(() => ops.topK(scores, 3, new Int32Array(4).fill(50)))).toEqual([0, 0, 0]);
  });
});
