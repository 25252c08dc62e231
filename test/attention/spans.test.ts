import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joined } from "../../src/attention/parts/lists.ts";
import { inChunks } from "../../src/attention/parts/chunks.ts";
import { Spans } from "../../src/attention/parts/spans.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("Spans", () => {
  it("is the union of its ranges, query by query", () => {
    const ranges = fc.array(fc.tuple(fc.nat(60), fc.nat(9)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 6 }), (queries) => {
        const sorted = queries.map((list) => [...list].sort(([a], [b]) => a - b));
        const spans = new Spans(sorted.length, (i, add) => {
          for (const [start, length] of sorted[i]!) add(start, start + length);
        });
        const expected = sorted.map((list) => {
          const rows = new Set(list.flatMap(([start, length]) => range(length).map((t) => start + t)));
          return [...rows].sort((a, b) => a - b);
        });
        for (const [i, rows] of expected.entries()) {
          expect(spans.count(i)).toBe(rows.length);
          expect(range(72).filter((row) => spans.has(i, row))).toEqual(rows);
        }
        for (const from of range(expected.length)) {
          const { offsets, rows } = spans.lists(from, expected.length);
          expect([...rows]).toEqual(expected.slice(from).flat());
          expect(offsets.at(-1)).toBe(rows.length);
        }
      }),
    );
  });

  it("refuses ranges out of order", () => {
    const outOfOrder = (): Spans =>
      new Spans(1, (_, add) => {
        add(5, 7);
        add(3, 4);
      });
    expect(outOfOrder).toThrow("range [3, 4) is out of order");
  });
});

describe("inChunks", () => {
  it("covers every row once, 2^24 numbers at a time", () => {
    const chunks: number[][] = [];
    inChunks(5, 2 ** 23, (from, to) => chunks.push([from, to]));
    expect(chunks).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ]);
    inChunks(2, 2 ** 30, (from, to) => chunks.push([from, to]));
    expect(chunks.slice(3)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});

it("joined puts row lists one after the other", () => {
  const list = (...lists: number[][]): { offsets: Int32Array; rows: Int32Array } => ({
    offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
    rows: Int32Array.from(lists.flat()),
  });
  expect(joined([list([1, 2], []), list([7]), list([], [3, 4])])).toEqual(list([1, 2], [], [7], [], [3, 4]));
});
