import { expect, it } from "vitest";
import { shareAxis } from "../../src/figures/axes.ts";
import { namedAtEnds } from "../../src/figures/end-labels.ts";
import { seriesScales } from "../../src/figures/style.ts";

const [height, gap] = [260, 12];
const axis = { channel: shareAxis("score"), value: ({ y }: { readonly y: number }) => y, height };
const pixel = (y: number): number => (height * (1.02 - y)) / 1.02;

const lines = (ends: readonly number[], panel = "p") =>
  ends.flatMap((y, i) => [
    { panel, series: `line ${i}`, tokens: 1024, y: 0.5 },
    { panel, series: `line ${i}`, tokens: 2048, y },
  ]);

it.each([
  ["apart", [0.1, 0.5, 0.9]],
  ["on each other", [0.5, 0.5, 0.5, 0.5]],
  ["at the lower edge", Array.from({ length: 10 }, () => 0)],
  ["at the upper edge", [1, 1, 1, 0.99, 0.2]],
  ["in two crowds that meet", [0.3, 0.3, 0.3, 0.36, 0.36, 0.36]],
  ["as many as fit", Array.from({ length: 21 }, (_, i) => 0.5 + i / 1000)],
])("names of lines that end %s stand apart, in the panel, in the order of the ends", (_, ends) => {
  const named = namedAtEnds(lines(ends), axis)!.filter(({ endLabel }) => endLabel !== undefined);
  expect(named).toHaveLength(ends.length);
  const placed = named
    .map(({ y, labelY }) => ({ y, at: pixel(y) + labelY! }))
    .sort((first, second) => first.at - second.at);
  placed.forEach(({ y, at }, i) => {
    expect(at).toBeGreaterThanOrEqual(gap / 2 - 1e-9);
    expect(at).toBeLessThanOrEqual(height - gap / 2 + 1e-9);
    const next = placed[i + 1];
    if (next === undefined) return;
    expect(next.at - at).toBeGreaterThanOrEqual(gap - 1e-9);
    expect(next.y).toBeLessThanOrEqual(y);
  });
});

it("keeps a name at its end where there is room", () => {
  const named = namedAtEnds(lines([0.2, 0.8]), axis)!;
  expect(named.filter(({ endLabel }) => endLabel !== undefined).map(({ labelY }) => labelY)).toEqual([0, 0]);
});

it("names no lines where one panel has too many, or a name is too long", () => {
  const many = lines(Array.from({ length: 22 }, () => 0.5));
  expect(namedAtEnds([...lines([0.5], "q"), ...many], axis)).toBeUndefined();
  expect(namedAtEnds([{ panel: "p", series: "x".repeat(30), tokens: 1, y: 0 }], axis)).toBeUndefined();
});

it("gives the series of a panel different colours, and no two of a figure one colour and mark", () => {
  const panels = [
    ["dense", "moba", "infllm-v2", "msa", "x", "y", "z"],
    ["dense", "keydiff", "snapkv", "a", "b"],
  ];
  const series = [...new Set(panels.flat())];
  const { color, shape } = seriesScales(series, panels);
  const colour = new Map(series.map((name, i) => [name, color.range[i]]));
  for (const panel of panels) expect(new Set(panel.map((name) => colour.get(name))).size).toBe(panel.length);
  expect(new Set(series.map((_, i) => `${color.range[i]} ${shape.range[i]}`)).size).toBe(series.length);
  // the best known names keep theirs
  expect(colour.get("dense")).toBe(seriesScales(["dense"]).color.range[0]);
  expect(colour.get("moba")).toBe(seriesScales(["moba"]).color.range[0]);
});
