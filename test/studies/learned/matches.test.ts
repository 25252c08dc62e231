import { expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { measureMatches } from "../../../src/studies/learned/matches.ts";
import { constructed } from "../../../src/studies/learned/read-off.ts";
import type { ReadOff } from "../../../src/studies/learned/read-off.ts";
import { gridCells } from "../../../src/studies/learned/grid.ts";

/** A capture of random keys, whose queries match one key each: logits N(0, sharpness^2), of a match `margin` of these. */
function drawn({ sharpness, margin }: { sharpness: number; margin: number }) {
  const [tokens, d] = [600, 64];
  const random = new Random(5);
  const [q, k] = [0, 1].map(() => ({
    shape: [1, 1, tokens, d],
    data: Float32Array.from({ length: tokens * d }, () => random.normal()),
  })) as [{ shape: number[]; data: Float32Array }, { shape: number[]; data: Float32Array }];
  const matches = Array.from({ length: 50 }, (_, i) => ({ query: 500 + i, source: 4 * i + 1 }));
  for (const { query, source } of matches) {
    const own = q.data.subarray(query * d, (query + 1) * d);
    const length = Math.hypot(...own);
    own.forEach((x, c) => (own[c] = (sharpness * Math.sqrt(d) * x) / length));
    // a key whose projection on the query is the margin
    const key = k.data.subarray(source * d, (source + 1) * d);
    const before = own.reduce((sum, x, c) => sum + x * key[c]!, 0) / (sharpness * Math.sqrt(d));
    own.forEach((x, c) => (key[c]! += ((margin - before) * x) / (sharpness * Math.sqrt(d))));
  }
  return { symbols: new Int32Array(tokens), q, k, v: k, matches };
}

it("measures the sharpness and the margin with which keys were drawn", () => {
  const found = measureMatches(drawn({ sharpness: 3, margin: 5 }), 0);
  expect(found.queries).toBe(50);
  // three standard errors: of a standard deviation of 500 logits, and of a median of 50
  expect(Math.abs(found.spread / 3 - 1)).toBeLessThan(3 / Math.sqrt(2 * 500));
  expect(Math.abs(found.margin / 5 - 1)).toBeLessThan(0.06);
  expect(Math.abs(found.before)).toBeLessThan(3 * Math.sqrt(Math.PI / 2 / 50));
});

it("gives the constructed reader the numbers that were read off", () => {
  const [cell] = gridCells("part");
  const given: ReadOff = {
    cell: cell!,
    matches: { spread: 6, margin: 4, before: 2, queries: 64 },
    capture: { spread: 6, margin: 4, retrieving: 0.2, meanShare: 0, effectiveRank: 25, centredRank: 25.2 },
    headDim: 64,
    heads: 1,
  };
  const shared = { kvHeads: 1, sharpness: 6, coherence: 0.25, residualNoise: 0 };
  expect(constructed("measured", given)).toEqual({ ...shared, headDim: 64, fidelity: 0.5 });
  expect(constructed("rank", given)).toEqual({ ...shared, headDim: 25, fidelity: 0.8 });
  expect(constructed("default", given)).toEqual({});
});

it("no two readers of the grids have one name, but for those that both have", () => {
  const settings = new Map<string, object>();
  for (const size of ["part", "full"] as const) {
    const cells = gridCells(size);
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
    for (const cell of cells) {
      expect(settings.get(cell.name) ?? cell.settings).toEqual(cell.settings);
      settings.set(cell.name, cell.settings);
    }
  }
});
