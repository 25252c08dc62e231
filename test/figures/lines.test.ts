import { describe, expect, it } from "vitest";
import { linesFigure } from "../../src/figures/lines.ts";
import { renderSvg } from "../../src/figures/svg.ts";

describe("linesFigure", () => {
  const rows = [
    { tokens: 4096, variant: "dense", y: 2 },
    { tokens: 10_485_760, variant: "dense", y: 40 },
    { tokens: 4096, variant: "moba", y: null },
    { tokens: 10_485_760, variant: "moba", y: 5 },
  ];

  it("draws every row that has a value, up to the longest context", async () => {
    const figure = linesFigure(rows, {
      title: "Times",
      subtitle: "none",
      y: { field: "y", title: "ms" },
      series: (row) => row.variant,
      panel: () => "all",
    });
    const { values } = (figure as { data: { values: readonly { tokens: number; series: string }[] } }).data;
    expect(values.map(({ tokens, series }) => [series, tokens])).toEqual([
      ["dense", 4096],
      ["dense", 10_485_760],
      ["moba", 10_485_760],
    ]);
    const svg = await renderSvg(figure);
    expect(svg).toContain("8M");
    expect(svg).toContain("moba");
  });

  it("marks a line that ends early, and says why", () => {
    const ending = [
      { tokens: 4096, variant: "dense", y: 2 },
      { tokens: 8192, variant: "dense", y: null },
      { tokens: 4096, variant: "hca", y: 3 },
      { tokens: 8192, variant: "hca", y: 4 },
    ];
    const figure = linesFigure(ending, {
      title: "Times",
      subtitle: "fp8",
      y: { field: "y", title: "ms" },
      series: (row) => row.variant,
      panel: () => "all",
      missing: "the caches do not fit",
    }) as { data: { values: readonly { series: string; ends: boolean }[] }; title: { subtitle: string[] } };
    expect(figure.data.values.map(({ series, ends }) => [series, ends])).toEqual([
      ["dense", true],
      ["hca", false],
      ["hca", false],
    ]);
    expect(figure.title.subtitle.join(" ")).toBe("fp8; a cross ends a line: beyond it the caches do not fit");
  });
});
