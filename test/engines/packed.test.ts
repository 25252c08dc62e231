import { describe, expect, it } from "vitest";
import { emptyPacked, packedDtypes, packedRowBytes, unpackedRow } from "../../src/core/packed.ts";
import type { PackedDtype, PackedRows } from "../../src/core/packed.ts";
import { flat, rowsOf, tensor, zeros } from "../../src/core/tensor.ts";
import type { Rows, Tensor } from "../../src/core/tensor.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import type { Ops, Space, Table } from "../../src/engines/ops.ts";
import { awkward, engines, normals, placed, poisoned, ragged, reference, someRows } from "./cases.ts";

const heap = reference.space("heap");
const wasm = await loadEngine("wasm", { threads: 1 });

function packed(ops: Ops, space: Space, dtype: PackedDtype, rows: Tensor): PackedRows {
  const [n, width] = rows.shape as [number, number];
  const out = emptyPacked(space, dtype, n, width);
  ops.pack(rows, out);
  return out;
}

function rounded(dtype: PackedDtype, rows: Tensor): Tensor {
  const copy = tensor(Float32Array.from(flat(rows)), rows.shape);
  reference.round(copy, dtype);
  return copy;
}

const table = (rows: Rows): Table => ({ tensor: rows, kind: "kv", rowBytes: 1 });

describe.each(packedDtypes)("%s rows, packed by the reference,", (dtype) => {
  it.each(awkward.widths)("of width %i decode to what rounding leaves", (d) => {
    const rows = normals(5, 63, d);
    const store = packed(reference, heap, dtype, rows);
    const expected = rounded(dtype, rows);
    for (let i = 0; i < 63; i++)
      expect([...unpackedRow(store, i)]).toEqual([...flat(rowsOf(expected, i, i + 1))]);
  });
});

it("rows of 128 numbers take the bytes that their types say, and their scales", () => {
  expect(packedDtypes.map((dtype) => packedRowBytes[dtype](128))).toEqual([256, 132, 76]);
});

describe.each(engines)("$name packs", (ops) => {
  for (const dtype of packedDtypes) {
    it.each(awkward.widths)(`${dtype} rows of width %i as the reference does, to the byte`, (d) => {
      for (const n of awkward.rows) {
        const rows = normals(6, n, d);
        const expected = [...packed(reference, heap, dtype, rows).codes];
        const space = poisoned(ops);
        expect([...packed(ops, space, dtype, placed(space, rows)).codes]).toEqual(expected);
        expect([...packed(ops, heap, dtype, rows).codes]).toEqual(expected);
      }
    });

    it(`zeros, large and tiny numbers as ${dtype}`, () => {
      const rows = tensor(new Float32Array(4 * 40), [4, 40]);
      flat(rows).set([3e38, -1, 0, 1e30], 40);
      flat(rows).set([1e-30, -3e-30, 2e-38], 80);
      flat(rows).set([448, 2 ** -9, -(2 ** -9), 2 ** -10, 6 * 448], 120);
      const got = packed(ops, poisoned(ops), dtype, rows);
      for (let i = 0; i < 4; i++)
        expect([...unpackedRow(got, i)]).toEqual([...flat(rowsOf(rounded(dtype, rows), i, i + 1))]);
    });

    it(`${dtype} rows, and reads them as the rounded float32 rows, to the bit`, () => {
      for (const n of awkward.rows)
        for (const d of awkward.widths) {
          const [k, v] = [normals(1, n, d), normals(2, n, 40)];
          const [keys, values] = [rounded(dtype, k), rounded(dtype, v)];
          const space = poisoned(ops);
          const [packedKeys, packedValues] = [
            packed(ops, space, dtype, placed(space, k)),
            packed(ops, space, dtype, placed(space, v)),
          ];
          expect(flat(ops.blockMean(packedKeys, 7, 5))).toEqual(flat(wasm.blockMean(keys, 7, 5)));
          expect(flat(ops.pageMinMax(packedKeys, 7))).toEqual(flat(wasm.pageMinMax(keys, 7)));
          const projected = (of: Ops, rows: Rows): number[] => {
            const out = zeros(n, 5);
            const outputs = Int32Array.from({ length: d }, (_, c) => c % 5);
            of.sketch([{ rows, outputs, factors: new Float32Array(d).fill(-1) }], out);
            return [...flat(out)];
          };
          expect(projected(ops, packedKeys)).toEqual(projected(wasm, keys));
          for (const count of [1, 2, 9]) {
            const queries = normals(3, count, d);
            const visible = ragged(count, n);
            const lists = someRows(visible);
            const weights = Float32Array.of(1);
            for (const options of [
              { visible, scale: 0.1 },
              { visible, scale: 0.1, rows: lists },
            ]) {
              const expected = wasm.attend(queries, table(keys), table(values), options);
              expect(ops.attend(queries, table(packedKeys), table(packedValues), options)).toEqual(expected);
              const mixed = ops.attend(queries, table(packedKeys), table(placed(space, values)), options);
              expect(flat(mixed.output)).toEqual(flat(expected.output));
            }
            const scores = (of: Ops, rows: Rows): Float32Array | Float64Array =>
              flat(of.scores(queries, table(rows))).slice();
            expect(scores(ops, packedKeys)).toEqual(scores(wasm, keys));
            expect(flat(ops.reluScores(queries, weights, table(packedKeys)))).toEqual(
              flat(wasm.reluScores(queries, weights, table(keys))),
            );
            expect(ops.scoresAt(queries, table(packedKeys), lists)).toEqual(
              wasm.scoresAt(queries, table(keys), lists),
            );
          }
        }
    });
  }

  it("into memory that has to grow first", () => {
    const store = emptyPacked(ops.space("fresh"), "bf16", 2 ** 16, 300);
    expect(store.codes.length).toBe(2 ** 17 * 300);
    expect(ops.space("empty").bytes(0).length).toBe(0);
  });

  it("nothing of another shape", () => {
    expect(() => ops.pack(zeros(3, 8), emptyPacked(heap, "fp8", 3, 9))).toThrow(RangeError);
  });
});
