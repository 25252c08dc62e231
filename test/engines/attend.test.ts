import { describe, expect, it } from "vitest";
import { flat } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { AttendOptions, Ops } from "../../src/engines/ops.ts";
import { outputError, sumError, weightError } from "../../src/engines/tolerance.ts";
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

/** Largest magnitude that a standard normal number of the generator has. */
const largest = 6;

interface Case {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly options: AttendOptions;
}

function expectSame(ops: Ops, { queries, keys, values, options }: Case): void {
  const space = poisoned(ops);
  const got = ops.attend(queries, keyTable(placed(space, keys)), keyTable(placed(space, values)), options);
  const expected = reference.attend(queries, keyTable(keys), keyTable(values), options);
  const width = keys.shape[1]!;
  const scoreError = options.scale * sumError(width, 2 * width + 20); // normal numbers: sum |q k| is about 0.64 d
  const shape = { scoreError, rows: keys.shape[0]! };
  expectClose(flat(got.output), flat(expected.output), outputError(shape, largest));
  expectClose(got.max, expected.max, scoreError);
  const gap = 40; // scores lie within it
  for (const [i, sum] of expected.sum.entries()) {
    expectClose([got.sum[i]!], [sum], sum * weightError(shape));
    expectClose([got.moment[i]!], [expected.moment[i]!], sum * gap * weightError(shape));
  }
}

describe.each(engines)("$name attends as the reference does", (ops) => {
  for (const n of awkward.rows) {
    it.each(awkward.widths)(`to ${n} rows of width %i`, (d) => {
      const [keys, values] = [normals(1, n, d), normals(2, n, d)];
      for (const count of awkward.queries) {
        const visible = ragged(count, n);
        const some = { queries: normals(3, count, d), keys, values };
        const scale = 1 / Math.sqrt(d);
        expectSame(ops, { ...some, options: { visible, scale } });
        expectSame(ops, { ...some, options: { visible, scale, rows: someRows(visible) } });
      }
    });
  }

  it("to values of another width than the keys", () => {
    const options = { visible: Int32Array.of(100, 99, 5, 7), scale: 0.1 };
    expectSame(ops, {
      queries: normals(3, 4, 60),
      keys: normals(1, 100, 60),
      values: normals(2, 100, 17),
      options,
    });
  });

  it("with nothing where no row is visible", () => {
    const table = keyTable(placed(poisoned(ops), normals(1, 70, 64)));
    for (const count of [1, 9]) {
      const got = ops.attend(normals(3, count, 64), table, table, {
        visible: new Int32Array(count),
        scale: 1,
      });
      expect([...flat(got.output)]).toEqual(Array<number>(64 * count).fill(0));
      expect([...got.max]).toEqual(Array<number>(count).fill(-Infinity));
      expect([...got.sum]).toEqual(Array<number>(count).fill(0));
      expect([...got.moment]).toEqual(Array<number>(count).fill(0));
    }
  });

  it("when one score dwarfs all others", () => {
    const [queries, keys] = [normals(3, 9, 64), normals(1, 1003, 64)];
    for (let c = 0; c < 64; c++) keys.set(700, c, 40 * queries.get(4, c));
    const values = normals(2, 1003, 64);
    const visible = new Int32Array(9).fill(1003);
    const got = ops.attend(queries, keyTable(keys), keyTable(values), { visible, scale: 1 });
    expectClose(flat(got.output).subarray(4 * 64, 5 * 64), flat(values).subarray(700 * 64, 701 * 64), 1e-30);
    expect(got.sum[4]).toBe(1);
  });

  it("to tensors on the JavaScript heap, in float64", () => {
    const heap = reference.space("heap").empty(100, 60);
    flat(heap).set(flat(normals(1, 100, 60)));
    const options = { visible: Int32Array.of(100), scale: 0.1 };
    const got = ops.attend(normals(3, 1, 60), keyTable(heap), keyTable(heap), options);
    const expected = reference.attend(normals(3, 1, 60), keyTable(heap), keyTable(heap), options);
    expectClose(
      flat(got.output),
      flat(expected.output),
      outputError({ scoreError: 1e-5, rows: 100 }, largest),
    );
  });
});
