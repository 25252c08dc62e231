import { expect, it } from "vitest";
import { withCovers } from "../../src/figures/covered.ts";
import { logTicks } from "../../src/figures/axes.ts";
import { headingOf, panelFigure } from "../../src/figures/style.ts";

const line = (series: string, values: readonly number[]) =>
  values.map((y, i) => ({ panel: "all", series, tokens: 4096 * 2 ** i, y }));

it("counts the lines on top of a line that they hide", () => {
  const points = [
    ...line("dense", [1, 0.9, 0.5]),
    ...line("mla", [1, 0.9, 0.5]),
    ...line("apart", [0.1, 0.2, 0.3]),
    ...line("kimi", [1, 0.9, 0.5]),
  ];
  const covers = Object.fromEntries(
    withCovers(points, ({ y }) => y).map((point) => [point.series, point.covers]),
  );
  expect(covers).toEqual({ dense: 2, mla: 1, apart: 0, kimi: 0 });
});

it("does not widen a line that is seen for the most part, or that lies in another panel", () => {
  const crossing = [...line("dense", [1, 1, 0.5, 0.2]), ...line("dsa", [1, 1, 1, 1])];
  expect(withCovers(crossing, ({ y }) => y).every(({ covers }) => covers === 0)).toBe(true);
  const apart = [...line("dense", [1, 1]), ...line("mla", [1, 1]).map((point) => ({ ...point, panel: "b" }))];
  expect(withCovers(apart, ({ y }) => y).every(({ covers }) => covers === 0)).toBe(true);
});

it("labels both ends of a short log axis", () => {
  const within = ([low, high]: readonly [number, number]) =>
    logTicks([low, high]).filter((tick) => tick >= low && tick <= high);
  expect(within([10, 42])).toEqual([10, 12, 15, 20, 25, 30, 40]);
  expect(within([90, 6000])).toEqual([100, 200, 500, 1000, 2000, 5000]);
  // users of the frontier: from 220 to 800,000
  expect(within([220, 8e5])).toEqual([300, 1000, 3000, 10_000, 30_000, 100_000, 300_000]);
  expect(within([3, 3e5])).toEqual([10, 100, 1000, 10_000, 100_000]);
});

it("panels have headings in words", () => {
  expect(headingOf("mrcr(keys=whole)")).toBe("mrcr, keys whole");
  expect(headingOf("dynamic: ruler(task=vt,depth=2), 1M tokens")).toBe(
    "dynamic: ruler, task vt, depth 2, 1M tokens",
  );
  expect(headingOf("a passkey (10,000 tokens)")).toBe("a passkey (10,000 tokens)");
  const points = [{ panel: "mrcr(keys=whole)" }, { panel: "graphwalks" }];
  expect(panelFigure({ title: "", subtitle: "", points, layer: [] })).toMatchObject({
    data: { values: [{ panel: "mrcr, keys whole" }, { panel: "graphwalks" }] },
    facet: { sort: ["mrcr, keys whole", "graphwalks"] },
  });
});
