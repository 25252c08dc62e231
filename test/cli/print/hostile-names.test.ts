import { expect, it } from "vitest";
import { formatSheet } from "../../../src/cli/print/sheet.ts";
import { chooseColumns, tableFigure } from "../../../src/figures/table.ts";
import { renderSvg } from "../../../src/figures/svg.ts";
import { canDrawPng, renderPng, requireRenderer } from "../../../src/runs/render.ts";

const names = [
  "<script>alert(1)</script>",
  "]]>",
  "a & b",
  "&lt;",
  '" onload="x',
  "\u0000\u0001\u001B[31m",
  "\u202Egpj",
  "\uFFFE",
  "\uD800",
];

it.each(names)("a figure with the name %j is XML that draws", async (name) => {
  const rows = [
    { variant: name, tokens: 1024, score: 1 },
    { variant: "dense", tokens: 2048, score: 0.5 },
  ];
  const svg = await renderSvg(tableFigure(rows, chooseColumns(rows, {})!, name));
  expect(svg).not.toMatch(/<script|<[^>]* onload="x|[\u0000-\u0008\u001B\u202E\uFFFE]|\]\]>/);
  expect(Buffer.from(svg).toString()).toBe(svg);
  expect(renderPng(svg).length).toBeGreaterThan(1000);
});

it("an installation without the renderer's binary draws no PNG, and says so", () => {
  const missing = (name: string): never => {
    throw new Error(`Cannot find module '${name}-linux-x64-gnu'`);
  };
  expect(canDrawPng()).toBe(true);
  expect(canDrawPng(missing)).toBe(false);
  expect(() => requireRenderer(missing)).toThrow("PNG cannot be drawn: the optional package of @resvg");
});

it.each(names)("a sheet with the name %j has no tag of its own in HTML and Markdown", (name) => {
  const sheet = {
    title: name,
    columns: [name],
    sections: [{ title: "a", rows: [["b", name]] as const }],
    notes: [name],
  };
  const html = formatSheet(sheet, "html");
  expect(html).not.toMatch(/<script|[\u0000-\u0008\u001B\u202E\uFFFE]/);
  expect(formatSheet(sheet, "md")).not.toContain("<script");
});
