import { expect, it } from "vitest";
import { lengthCurves } from "../../src/figures/length-curves.ts";
import { shareAxis } from "../../src/figures/axes.ts";

const figureOf = (models: readonly string[]): string =>
  JSON.stringify(
    lengthCurves({
      title: "",
      subtitle: "",
      y: shareAxis("score"),
      points: [
        { panel: "p", series: "dense", tokens: 1024, mean: 1, low: 1, high: 1, trials: 10, kind: "t" },
        { panel: "p", series: "dense", tokens: 2048, mean: 1, low: 1, high: 1, trials: 10, kind: "t" },
      ],
      published: models.map((model) => ({ panel: "p", model, tokens: 1024, mean: 0.5 })),
    }),
  );

it.each([
  [
    ["GPT-5.4", "GPT-5.5"],
    ["triangle-up", "diamond"],
  ],
  [
    ["GPT-5.4, fitted", "GPT-5.4, left out", "GPT-5.4"],
    ["triangle-down", "triangle-right", "triangle-up"],
  ],
])("published scores %j have the marks %j", (domain, range) => {
  expect(figureOf(domain)).toContain(JSON.stringify({ domain, range }).slice(1, -1));
});

it.each([
  ["one length shares the axis of the others", [1024], []],
  ["two lengths has an axis of its own", [1024, 2048], ["x"]],
])("a panel of %s", (_, lengths, own) => {
  const point = { series: "dense", mean: 1, low: 1, high: 1, trials: 10, kind: "t" } as const;
  const points = [
    ...lengths.map((tokens) => ({ ...point, panel: "p", tokens })),
    ...[1024, 4096].map((tokens) => ({ ...point, panel: "q", tokens })),
  ];
  const { resolve } = lengthCurves({ title: "", subtitle: "", y: shareAxis("score"), points }) as {
    readonly resolve: { readonly scale: object };
  };
  expect(Object.keys(resolve.scale)).toEqual(own);
});
