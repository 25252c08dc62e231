import { describe, expect, it } from "vitest";
import { emptyPacked } from "../../src/core/packed.ts";
import { tensor } from "../../src/core/tensor.ts";
import { awkward, engines, normals, placed, poisoned, reference } from "./cases.ts";

describe.each(engines)("$name rowProducts", (ops) => {
  for (const n of awkward.rows)
    it.each(awkward.widths)(`of ${n} rows of width %i are the reference's, to the bit`, (d) => {
      const space = poisoned(ops);
      const drawn = normals(1, n, d);
      const rows = placed(space, drawn);
      expect(ops.rowProducts(rows)).toEqual(reference.rowProducts(drawn));
      expect(ops.rowProducts(drawn)).toEqual(reference.rowProducts(drawn));
      for (const every of [1, 3, 8, n]) {
        const vectors = normals(2, Math.ceil(n / every), d);
        const doubles = tensor(
          Float64Array.from(vectors.data, (x) => x / 3),
          vectors.shape,
        );
        for (const by of [vectors, placed(space, vectors), doubles])
          expect(ops.rowProducts(rows, { vectors: by, every })).toEqual(
            reference.rowProducts(drawn, { vectors: by, every }),
          );
      }
    });

  it.each(["bf16", "fp8", "nvfp4"] as const)("of rows packed as %s are those of rounded rows", (dtype) => {
    const space = poisoned(ops);
    const rows = placed(space, normals(1, 1003, 60));
    const packed = emptyPacked(space, dtype, 1003, 60);
    ops.pack(rows, packed);
    ops.round(rows, dtype);
    expect(ops.rowProducts(packed)).toEqual(ops.rowProducts(rows));
  });

  it("of no rows are none", () => {
    expect(ops.rowProducts(normals(1, 0, 4))).toEqual(new Float64Array(0));
  });

  it("refuse vectors of another width", () => {
    const factors = { vectors: normals(2, 1, 3), every: 5 };
    expect(() => ops.rowProducts(normals(1, 5, 4), factors)).toThrow(/vectors must be 4 wide; got 3/);
  });
});
