import { describe, expect, it } from "vitest";
import { flat, tensor } from "../../src/core/tensor.ts";
import { unitRoundoff } from "../../src/engines/tolerance.ts";
import { awkward, engines, expectClose, normals, placed, poisoned, reference } from "./cases.ts";

describe.each(engines)("$name rows", (ops) => {
  for (const n of awkward.rows) {
    it.each(awkward.widths)(`${n} of width %i are blended and rounded as by the reference`, (d) => {
      const index = Int32Array.from({ length: n }, (_, i) => (i % 4) - 1);
      const classes = Uint8Array.from({ length: n }, (_, i) => i % 2);
      const blend = { table: normals(2, 3, d), index, classes, self: [0.6, 0], other: [0.8, 1] };
      const [got, expected] = [placed(poisoned(ops), normals(1, n, d)), normals(1, n, d)];
      ops.blendRows(got, blend);
      reference.blendRows(expected, blend);
      expectClose(flat(got), flat(expected), 20 * unitRoundoff.f32);

      for (const dtype of ["f32", "bf16", "fp8", "nvfp4"] as const) {
        const [rounded, exact] = [placed(poisoned(ops), normals(1, n, d)), normals(1, n, d)];
        ops.round(rounded, dtype);
        reference.round(exact, dtype);
        expectClose(flat(rounded), flat(exact), 0);
      }
    });
  }

  it("leave the rows after them alone", () => {
    const space = poisoned(ops);
    const all = placed(space, normals(1, 9, 5));
    const [before, after] = [normals(1, 9, 5), [...flat(normals(1, 9, 5))].slice(3 * 5)];
    const first = all.hi(3, 5);
    ops.round(first, "nvfp4");
    ops.fillNormal(first, [1, 1]);
    ops.blendRows(first, {
      table: before,
      index: Int32Array.of(8, 8, 8),
      classes: new Uint8Array(3),
      self: [0],
      other: [1],
    });
    expect([...flat(all)].slice(3 * 5)).toEqual(after);
  });

  it("are rounded to bf16 with ties to even", () => {
    const row = tensor(
      Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -(1 + 2 ** -8)),
      [1, 5],
    );
    ops.round(row, "bf16");
    expect([...flat(row)]).toEqual([1, 1, 1 + 2 ** -6, 1 + 2 ** -7, -1]);
  });

  it("are rounded to E4M3: 3 bits of mantissa, largest 448, subnormal step 2^-9", () => {
    const row = tensor(Float32Array.of(448, 17, 19, -25, 0.3, 2 ** -9, 2 ** -10, 3 * 2 ** -10), [1, 8]);
    ops.round(row, "fp8"); // the scale is 1
    expect([...flat(row)]).toEqual([448, 16, 20, -24, 0.3125, 2 ** -9, 0, 2 ** -8]);
  });

  it("are rounded to E2M1 under scales of 16 numbers", () => {
    const row = new Float32Array(32);
    row.set([2688, 448, 449, -672, 1120, 1121, 111, 113], 0); // row scale 1, block scale 448
    row.set([6, 5, 3.5, 2.4, 1.25, 0.75, 0.25, 0.26], 16); // block scale 1
    const t = tensor(row, [1, 32]);
    ops.round(t, "nvfp4");
    expect([...row.subarray(0, 8)]).toEqual([6, 1, 1, -1.5, 2, 3, 0, 0.5].map((x) => 448 * x));
    expect([...row.subarray(16, 24)]).toEqual([6, 4, 4, 2, 1, 1, 0, 0.5]);
  });

  it("of zeros stay zeros", () => {
    for (const dtype of ["bf16", "fp8", "nvfp4"] as const) {
      const row = tensor(new Float32Array(20), [1, 20]);
      ops.round(row, dtype);
      expect([...flat(row)]).toEqual(Array<number>(20).fill(0));
    }
  });
});
