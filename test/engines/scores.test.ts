import { describe, expect, it } from "vitest";
import { flat } from "../../src/core/tensor.ts";
import { sumError } from "../../src/engines/tolerance.ts";
import {
  awkward,
  engines,
  expectClose,
  keyTable,
  normals,
  placed,
  poisoned,
  ragged,
  reference,
  someRows,
} from "./cases.ts";

/** A bound on sum |q_c k_c| over normal numbers. */
const magnitude = (width: number): number => 2 * width + 20;

describe.each(engines)("$name scores as the reference does", (ops) => {
  for (const n of awkward.rows) {
    it.each(awkward.widths)(`${n} rows of width %i`, (d) => {
      const rows = normals(1, n, d);
      const bounds = reference.pageMinMax(rows, 7);
      for (const count of awkward.queries) {
        const queries = normals(3, count, d);
        const weights = Float32Array.from({ length: count }, (_, j) => (j % 5) - 1);
        const lists = someRows(ragged(count, n));
        const space = poisoned(ops);
        const table = keyTable(placed(space, rows));
        const error = sumError(d, magnitude(d));
        expectClose(flat(ops.scores(queries, table)), flat(reference.scores(queries, keyTable(rows))), error);
        expectClose(
          ops.scoresAt(queries, table, lists),
          reference.scoresAt(queries, keyTable(rows), lists),
          error,
        );
        expectClose(
          flat(ops.reluScores(queries, weights, table)),
          flat(reference.reluScores(queries, weights, keyTable(rows))),
          sumError(d + count, 3 * count * magnitude(d)),
        );
        expectClose(
          flat(ops.boundScores(queries, keyTable(placed(space, bounds)))),
          flat(reference.boundScores(queries, keyTable(bounds))),
          sumError(2 * d, 3 * magnitude(d)),
        );
      }
    });
  }

  it("several queries of several index heads", () => {
    const [queries, rows] = [normals(3, 3 * 5, 64), normals(1, 130, 64)];
    const weights = Float32Array.of(1, -2, 0.5, 3, 0);
    const table = keyTable(placed(poisoned(ops), rows));
    const got = ops.reluScores(queries, weights, table);
    expect(got.shape).toEqual([3, 130]);
    const expected = reference.reluScores(queries, weights, keyTable(rows));
    expectClose(flat(got), flat(expected), sumError(64, 7 * magnitude(64)));
  });
});
