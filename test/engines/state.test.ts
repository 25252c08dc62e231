import { describe, expect, it } from "vitest";
import { emptyPacked } from "../../src/core/packed.ts";
import { flat, rowNumbers, tensor, unit } from "../../src/core/tensor.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { Ops, Table } from "../../src/engines/ops.ts";
import { steadySum } from "../../src/engines/state.ts";
import type { KeyFeature, Recurrence, StateRead } from "../../src/engines/state.ts";
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
} from "./cases.ts";

const rules: Readonly<Record<string, (width: number) => Recurrence>> = {
  sum: steadySum,
  decays: (width) => ({ decay: spread(width, 3), strength: 1, replaces: false }),
  replaces: (width) => ({ ...steadySum(width), strength: 0.4, replaces: true }),
  both: (width) => ({ decay: spread(width, 500), strength: 1, replaces: true }),
};

/** Factors of half-lives from `least` tokens to a thousand times as many. */
const spread = (width: number, least: number): Float64Array =>
  Float64Array.from({ length: width }, (_, c) => 2 ** (-1 / (least * 1000 ** (c / width))));

/** Rows at length 1, in float64. */
const units = (rows: Tensor): Tensor =>
  tensor(
    Float64Array.from(
      Array.from({ length: rows.shape[0]! }, (_, i) => [...unit(rowNumbers(rows, i))]).flat(),
    ),
    rows.shape,
  );

interface Case {
  readonly queries: Tensor;
  readonly keys: Table;
  readonly values: Table;
  readonly rule: string;
  readonly feature?: KeyFeature;
}

function read(ops: Ops, { queries, keys, values, rule, feature = "unit" }: Case): StateRead {
  const [count, width] = queries.shape as [number, number];
  const visible = ragged(count, keys.tensor.shape[0]);
  const first = visible.map((end, i) => Math.floor((end * (i % 3)) / 4));
  return ops.readState(queries, keys, values, { first, visible, feature, recurrence: rules[rule]!(width) });
}

/** @param error of a weight; errors of a walk add up, since no step enlarges r */
function expectRead(got: StateRead, expected: StateRead, error: number): void {
  expect(got.weights.map(({ length }) => length)).toEqual(expected.weights.map(({ length }) => length));
  got.weights.forEach((weights, i) => expectClose(weights, expected.weights[i]!, error));
  const most = Math.max(0, ...expected.weights.map(({ length }) => length));
  expectClose(flat(got.output), flat(expected.output), 6 * (most + 1) * error);
}

const weightError = (tokens: number, width: number): number => sumError(tokens * width, 8, "f64");

describe.each(engines)("$name readState", (ops) => {
  for (const rule of Object.keys(rules))
    for (const n of awkward.rows)
      it.each(awkward.widths)(
        `of ${n} tokens of width %i with the rule "${rule}" is the reference's`,
        (d) => {
          const [space, apart] = [poisoned(ops), poisoned(ops)];
          const [keys, values] = [normals(1, n, d), normals(2, n, d + 1)];
          const queries = units(normals(3, 7, d));
          const expected = read(reference, {
            queries,
            keys: keyTable(keys),
            values: keyTable(values),
            rule,
          });
          const got = (k: Tensor, v: Tensor): StateRead =>
            read(ops, { queries, keys: keyTable(k), values: keyTable(v), rule });
          const together = got(placed(space, keys), placed(space, values));
          expectRead(together, expected, weightError(n, d));
          for (const other of [got(placed(space, keys), placed(apart, values)), got(keys, values)])
            expect(other).toEqual(together);
        },
      );

  it.each(awkward.widths)("of ELU + 1 of keys of width %i is the reference's", (d) => {
    const [keys, values, queries] = [normals(1, 1003, d), normals(2, 1003, d), normals(3, 7, d)];
    const given = {
      queries,
      keys: keyTable(keys),
      values: keyTable(values),
      rule: "sum",
      feature: "elu",
    } as const;
    const space = poisoned(ops);
    const got = read(ops, {
      ...given,
      keys: keyTable(placed(space, keys)),
      values: keyTable(placed(space, values)),
    });
    expectRead(got, read(reference, given), sumError(d, 36 * d));
  });

  it.each(Object.keys(rules))('goes over many pieces with the rule "%s"', (rule) => {
    const [n, d] = [13_001, 60];
    const given = {
      queries: units(normals(3, 7, d)),
      keys: keyTable(normals(1, n, d)),
      values: keyTable(normals(2, n, d)),
      rule,
    };
    expectRead(read(ops, given), read(reference, given), weightError(n, d));
  });

  it.each(["bf16", "fp8", "nvfp4"] as const)("reads rows packed as %s as rounded rows", (dtype) => {
    const [n, d] = [1003, 60];
    const space = poisoned(ops);
    const rows = normals(1, n, d);
    const packed = emptyPacked(space, dtype, n, d);
    ops.pack(placed(space, rows), packed);
    ops.round(rows, dtype);
    const got = (tensorOf: Table["tensor"]): StateRead => {
      const table: Table = { tensor: tensorOf, kind: "kv", rowBytes: 1 };
      return read(ops, { queries: units(normals(3, 2, d)), keys: table, values: table, rule: "both" });
    };
    expect(got(packed)).toEqual(got(rows));
  });

  it("forgets at last: a walk ends before the first token", () => {
    const [n, d] = [20_000, 8];
    const given = {
      queries: units(normals(3, 1, d)),
      keys: keyTable(normals(1, n, d)),
      values: keyTable(normals(2, n, d)),
      rule: "both",
    };
    const [got, expected] = [read(ops, given), read(reference, given)];
    expect(got.weights[0]!.length).toBeLessThan(n / 2);
    expectRead(got, expected, weightError(n, d));
  });

  it("refuses queries of another width", () => {
    const keys = keyTable(normals(1, 5, 4));
    expect(() => read(ops, { queries: normals(3, 1, 3), keys, values: keys, rule: "sum" })).toThrow(
      /queries must be 4 wide; got 3/,
    );
  });
});
