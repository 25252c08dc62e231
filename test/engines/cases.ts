import { expect } from "vitest";
import type { RowLists, Tensor } from "../../src/core/tensor.ts";
import { flat, tensor } from "../../src/core/tensor.ts";
import { listEngines, loadEngine } from "../../src/engines/registry.ts";
import type { Ops, Space, Table } from "../../src/engines/ops.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { normalRow } from "../../src/engines/reference/normal.ts";

/** Sizes on no boundary of a vector, a tile or a chunk, and some on one. */
export const awkward = {
  rows: [1, 2, 63, 65, 1003],
  widths: [1, 3, 60, 64, 128],
  queries: [1, 2, 7, 8, 65],
} as const;

export const reference = referenceEngine();

/** Every engine that can be used here, but the reference. */
export const engines: Ops[] = await Promise.all(
  (await listEngines())
    .filter(({ name, usable }) => usable && name !== "reference")
    .map(({ name }) => loadEngine(name, { threads: 2 })),
);

/** Standard normal float32 numbers, the same for the same seed: (rows, width). */
export function normals(seed: number, rows: number, width: number): Tensor {
  const data = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) normalRow(data.subarray(i * width, (i + 1) * width), [seed, 7], i, 0);
  return tensor(data, [rows, width]);
}

/** A copy in the engine's memory. */
export function placed(space: Space, t: Tensor): Tensor {
  const copy = space.empty(...t.shape);
  flat(copy).set(flat(t));
  return copy;
}

/** A region whose free memory holds NaN. */
export function poisoned(ops: Ops): Space {
  const space = ops.space("test");
  space.scoped(() => flat(space.empty(2 ** 19)).fill(NaN));
  return space;
}

export const keyTable = (t: Tensor): Table => ({ tensor: t, kind: "kv", rowBytes: 4 * t.shape[1]! });

export function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, error: number): void {
  expect(got.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const gap = got[i] === expected[i] ? 0 : Math.abs(got[i]! - expected[i]!);
    if (!(gap <= worst)) worst = gap; // NaN is the worst
  }
  expect(worst).toBeLessThanOrEqual(error);
}

/** Rows that each query sees: none, some, all. */
export const ragged = (queries: number, rows: number): Int32Array =>
  Int32Array.from({ length: queries }, (_, i) => (i === queries - 1 ? rows : (i * 37) % (rows + 1)));

/** Every third visible row or so, a different set for each query. */
export function someRows(visible: Int32Array): RowLists {
  const lists = [...visible].map((end, i) =>
    Array.from({ length: end }, (_, r) => r).filter((r) => (r + i) % 3 === 0),
  );
  const offsets = new Int32Array(visible.length + 1);
  for (const [i, list] of lists.entries()) offsets[i + 1] = offsets[i]! + list.length;
  return { offsets, rows: Int32Array.from(lists.flat()) };
}
