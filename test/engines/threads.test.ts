import { createHash } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import type { RowLists, Tensor } from "../../src/core/tensor.ts";
import { flat } from "../../src/core/tensor.ts";
import type { Ops } from "../../src/engines/ops.ts";
import { wasmEngine } from "../../src/engines/wasm/load.ts";
import { expectClose, keyTable, normals, placed, poisoned, ragged, someRows } from "./cases.ts";
import { outputError, sumError, weightError } from "../../src/engines/tolerance.ts";

const engines = [1, 2, 3].map((threads) => wasmEngine({ threads, fanOutAbove: 0 }));
const one = engines[0]!;
afterAll(() => engines.forEach((ops) => ops.close()));

const rows = 5003;
const width = 60;

const digest = (...arrays: ArrayBufferView[]): string =>
  arrays
    .reduce(
      (hash, { buffer, byteOffset, byteLength }) =>
        hash.update(new Uint8Array(buffer, byteOffset, byteLength)),
      createHash("sha256"),
    )
    .digest("hex");

const bits = (t: Tensor): string => digest(flat(t));

/** Digests of what every kernel makes of the same data. */
function everything(ops: Ops): Record<string, string | string[]> {
  const space = ops.space("test");
  const [keys, values, queries] = [space.empty(rows, width), space.empty(rows, width), normals(3, 70, width)];
  ops.fillNormal(keys, [1, 2]);
  ops.fillNormal(values, [3, 4]);
  const visible = ragged(70, rows);
  const lists = someRows(visible);
  const few = queries.hi(2, width);
  const scores = ops.scores(queries, keyTable(keys));
  const weights = ops.scores(few, keyTable(keys));
  ops.softmax(weights, Int32Array.of(rows, 4001), 0.3);
  const blended = normals(5, rows, width);
  ops.blendRows(blended, {
    table: keys,
    index: Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows),
    classes: new Uint8Array(rows),
    self: [0.1],
    other: [0.9],
  });
  const rounded = (["bf16", "fp8", "nvfp4"] as const).map((dtype) => {
    const copy = normals(6, rows, width);
    ops.round(copy, dtype);
    return bits(copy);
  });
  const attend = (some: Tensor, options: { rows?: RowLists }): string => {
    const got = ops.attend(some, keyTable(keys), keyTable(values), { visible, scale: 0.13, ...options });
    return digest(flat(got.output), got.max, got.sum, got.moment);
  };
  return {
    keys: bits(keys),
    block: attend(queries, {}),
    listed: attend(queries, { rows: lists }),
    one: attend(few, {}),
    scores: bits(scores),
    weights: bits(weights),
    relu: bits(ops.reluScores(queries, new Float32Array(70).fill(0.5), keyTable(keys))),
    scoresAt: digest(ops.scoresAt(queries, keyTable(keys), lists)),
    topK: digest(ops.topK(scores, 100, visible).rows),
    means: bits(ops.blockMean(keys, 32, 16)),
    bounds: bits(ops.pageMinMax(keys, 16)),
    blended: bits(blended),
    rounded,
  };
}

describe("wasm threads", () => {
  it("give the same bits, however many there are", () => {
    const expected = everything(one);
    for (const ops of engines.slice(1)) expect(everything(ops)).toEqual(expected);
  });

  it("work on several regions in turn, also on such as have grown or been cleared", () => {
    for (const ops of engines) {
      const spaces = [ops.space("a"), ops.space("b")];
      for (let round = 1; round <= 3; round++) {
        for (const space of spaces) {
          space.clear();
          const table = space.empty(20_000 * round, 32);
          ops.fillNormal(table, [round, 0]);
          const mean = ops.blockMean(table, table.shape[0]!, table.shape[0]!);
          for (const x of flat(mean)) {
            expect(Math.abs(x)).toBeLessThan(6 / Math.sqrt(20_000 * round));
            expect(x).not.toBe(0);
          }
        }
      }
    }
  });

  it("are not needed for small calls", () => {
    const ops = wasmEngine({ threads: 2 });
    const few = normals(1, 4, 8);
    ops.fillNormal(few, [1, 1]);
    ops.close();
    expect(() => ops.fillNormal(few, [1, 1])).toThrow("the wasm engine has been closed");
  });
});

describe("a wasm region", () => {
  it("goes on in another memory where one is full, and gives all of it back", () => {
    const space = one.space("long");
    const starts = (): number[] =>
      // 1.9 GiB each, never touched
      space.scoped(() => [1, 2, 3].map(() => space.empty(2 ** 20, 480).data.byteOffset));
    const [first, second, third] = starts();
    expect(second).toBeGreaterThan(first!);
    expect(third).toBe(first);
    expect(starts()).toEqual([first, second, third]);
  });

  it.each([1, 2, 9])("attends with %i queries where keys and values lie in two memories", (count) => {
    const [k, v] = [normals(1, 1003, 60), normals(2, 1003, 24)];
    const keys = keyTable(placed(poisoned(one), k));
    const values = keyTable(placed(poisoned(one), v));
    const queries = normals(3, count, 60);
    const visible = ragged(count, 1003);
    for (const rows of [undefined, someRows(visible)]) {
      const options = { visible, scale: 0.1, ...(rows && { rows }) };
      const got = one.attend(queries, keys, values, options);
      const expected = one.attend(queries, keyTable(k), keyTable(v), options);
      const shape = { scoreError: 0.1 * sumError(60, 140), rows: 1003 };
      expectClose(flat(got.output), flat(expected.output), outputError(shape, 6));
      expectClose(got.max, expected.max, shape.scoreError);
      for (const [i, sum] of expected.sum.entries())
        expectClose([got.sum[i]!], [sum], sum * weightError(shape));
    }
  });

  it("ends a tensor at 4 GiB, and says so", () => {
    const space = one.space("head 3");
    expect(() => space.empty(2 ** 20, 1024)).toThrow(RangeError);
    expect(() => space.empty(2 ** 20, 1024)).toThrow(
      /region "head 3" is full: asked 4294967296 bytes, \d+ left of 4 GiB/,
    );
  });

  it("is addressed beyond 2 GiB", () => {
    const space = one.space("high");
    space.empty(2 ** 20, 700); // never touched
    const rows = space.empty(300, 60);
    one.fillNormal(rows, [1, 2]);
    const visible = Int32Array.of(300, 200, 100);
    const queries = normals(3, 3, 60);
    const copy = placed(one.space("low"), rows);
    const near = keyTable(copy);
    const options = { visible, scale: 0.1 };
    expect(one.attend(queries, keyTable(rows), keyTable(rows), options)).toEqual(
      one.attend(queries, near, near, options),
    );
    expect(flat(one.blockMean(rows, 7, 7))).toEqual(flat(one.blockMean(copy, 7, 7)));
  });

  it("takes back what a scope took, also when it throws", () => {
    const space = one.space("scopes");
    const address = (): number => space.scoped(() => space.empty(5).data.byteOffset);
    const first = address();
    expect(() =>
      space.scoped(() => {
        space.empty(1000);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(address()).toBe(first);
  });
});
