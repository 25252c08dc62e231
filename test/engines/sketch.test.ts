import { describe, expect, it } from "vitest";
import { flat } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { SketchPart } from "../../src/engines/ops.ts";
import { sumError } from "../../src/engines/tolerance.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { awkward, engines, expectClose, normals, placed, poisoned, reference } from "./cases.ts";

/** Columns that meet in some outputs and leave others alone. */
const part = (rows: Tensor, dim: number, shift: number): SketchPart => {
  const columns = Array.from({ length: rows.shape[1]! }, (_, c) => c);
  return {
    rows,
    outputs: Int32Array.from(columns, (c) => (c * c + shift) % dim),
    factors: Float32Array.from(columns, (c) => (c % 3 === 0 ? -1 : 1 + c / 64)),
  };
};

describe.each(engines)("$name sketch", (ops) => {
  for (const n of awkward.rows)
    for (const dim of [1, 7, 128])
      it.each(awkward.widths)(`of ${n} rows of width %i in ${dim} numbers is that of the reference`, (d) => {
        const drawn = [1, 2, 3].map((seed) => normals(seed, n, d));
        const parts = (of: readonly Tensor[]): SketchPart[] => of.map((rows, p) => part(rows, dim, p));
        const expected = reference.space("").empty(n, dim);
        reference.sketch(parts(drawn), expected);
        const error = sumError(3 * d, 3 * d * 5 * 3);

        const spaces = [poisoned(ops), poisoned(ops)];
        const out = spaces[0]!.empty(n, dim);
        const apart = [placed(spaces[0]!, drawn[0]!), placed(spaces[1]!, drawn[1]!), drawn[2]!];
        ops.sketch(parts(apart), out);
        expectClose(flat(out), flat(expected), error);

        const heap = normals(4, n, dim);
        ops.sketch(parts(drawn), heap);
        expect(flat(heap)).toEqual(flat(out));
      });

  it("goes over more rows than it carries at a time", () => {
    const [n, dim] = [2 ** 11 + 3, 1024];
    const space = poisoned(ops);
    const drawn = [normals(1, n, 60), normals(2, n, 60)];
    const [out, expected] = [space.empty(n, dim), reference.space("").empty(n, dim)];
    ops.sketch([part(placed(space, drawn[0]!), dim, 0), part(drawn[1]!, dim, 1)], out);
    reference.sketch([part(drawn[0]!, dim, 0), part(drawn[1]!, dim, 1)], expected);
    expectClose(flat(out), flat(expected), sumError(120, 120 * 10));
  });

  it("of nothing is zeros", () => {
    const out = normals(1, 5, 3);
    ops.sketch([], out);
    expect([...flat(out)]).toEqual(Array<number>(15).fill(0));
  });

  it("refuses columns that do not fit", () => {
    const wrong = { ...part(normals(1, 5, 3), 2, 0), rows: normals(1, 5, 4) };
    expect(() => ops.sketch([wrong], normals(1, 5, 2))).toThrow(/outputs must be 4 wide; got 3/);
  });
});

it("is the same for any number of threads", async () => {
  const results = await Promise.all(
    [1, 2].map(async (threads) => {
      const ops = await loadEngine("wasm", { threads });
      const out = normals(9, 9000, 64);
      ops.sketch([part(normals(1, 9000, 128), 64, 0), part(normals(2, 9000, 128), 64, 1)], out);
      ops.close();
      return flat(out);
    }),
  );
  expect(results[1]).toEqual(results[0]);
});
