import { describe, expect, it } from "vitest";
import { escapeHtml } from "../../src/core/html.ts";
import { renderSvg } from "../../src/figures/svg.ts";
import { tableFigure } from "../../src/figures/table.ts";

const names = [
  ...["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"],
  ...["[x]", "a.b", "x]['y", "datum.x", "a\\b", '"q"', "'q'", "${x}", "</svg>", "=1+1", "null", "NaN"],
];

/** Texts of a picture, in the order of the file, without blanks. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text!.replaceAll(" ", ""));

const rows = (name: string) => [
  { variant: name, tokens: 1024, score: 0.5, system: "a" },
  { variant: name, tokens: 2048, score: 0.6, system: name },
  { variant: "dense", tokens: 1024, score: 0.7, system: name },
  { variant: "dense", tokens: 2048, score: 0.7, system: "a" },
];

describe.each(names)("the name %s", (name) => {
  const text = escapeHtml(name).replaceAll("&quot;", '"').replaceAll(" ", "");
  const columns = { x: "tokens", y: "score", series: ["variant"], panels: ["system"] };

  it("is drawn as series, panel and title", async () => {
    const texts = textsOf(await renderSvg(tableFigure(rows(name), columns, name)));
    expect(texts.filter((each) => each === text).length).toBeGreaterThanOrEqual(3);
    expect(texts.join()).not.toMatch(/native|undefined|\u2060/);
  });

  it("is drawn as a column", async () => {
    const own = rows("q").map((row) => ({ variant: row.variant, [name]: row.score, at: row.tokens }));
    const spec = tableFigure(own, { x: "at", y: name, series: ["variant"], panels: [] }, "title");
    expect(textsOf(await renderSvg(spec))).toContain(text);
  });
});

it("a name with ends of lines is drawn on one line", async () => {
  const columns = { x: "a\nb", y: "c\r\nd", series: ["variant"], panels: [] };
  const own = [1, 2].map((at) => ({ variant: "v\nw", "a\nb": at, "c\r\nd": at }));
  const texts = textsOf(await renderSvg(tableFigure(own, columns, "t\nu")));
  expect(texts).toEqual(expect.arrayContaining(["tu", "ab", "cd", "vw"]));
});
