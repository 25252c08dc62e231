import { describe, it } from "vitest";
import { flat } from "../../src/core/tensor.ts";
import { sumError } from "../../src/engines/tolerance.ts";
import { awkward, engines, expectClose, normals, placed, poisoned, reference } from "./cases.ts";

describe.each(engines)("$name summarises as the reference does", (ops) => {
  for (const n of awkward.rows) {
    it.each(awkward.widths)(`${n} rows of width %i`, (d) => {
      const rows = normals(1, n, d);
      const there = placed(poisoned(ops), rows);
      for (const [block, stride] of [
        [1, 1],
        [4, 4],
        [32, 16],
        [7, 3],
        [3, 7],
        [64, 64],
        [2000, 2000],
      ] as const) {
        const expected = reference.blockMean(rows, block, stride);
        expectClose(flat(ops.blockMean(there, block, stride)), flat(expected), sumError(block, 6));
      }
      for (const page of [1, 7, 16, 2000])
        expectClose(flat(ops.pageMinMax(there, page)), flat(reference.pageMinMax(rows, page)), 0);
    });
  }
});
