import { afterEach, describe, expect, it } from "vitest";
import { numberColumn, textColumn } from "../../src/core/table.ts";
import { formatCsv, parseCsv } from "../../src/files/csv-text.ts";
import { setSafeCells } from "../../src/files/formula-cells.ts";

afterEach(() => {
  setSafeCells(false);
});

const shown = [textColumn("name", "a name"), numberColumn("value", "a value")] as const;
const written = (name: string, value = 1): string => formatCsv(shown, [{ name, value }]);
const readName = (text: string): string => parseCsv(text, "t.csv", ["name"])[0]!.name;

const formulas = [
  '=HYPERLINK("http://a/","x")',
  "+cmd|' /C calc'!A0",
  "-1+2",
  "@SUM(A1)",
  "-",
  "\t=1",
  "\r=1",
];

describe("cells that a spreadsheet runs", () => {
  it.each(formulas)("%j gets an apostrophe on request, and is read as it was", (formula) => {
    setSafeCells(true);
    const text = written(formula);
    expect(text.split("\n")[1]).toMatch(/^"?'/);
    expect(readName(text)).toBe(formula);
  });

  it.each(formulas)("%j is written as it is without the request", (formula) => {
    expect(written(formula)).not.toContain(`'${formula[0]!}`);
  });

  it.each(["'=1", "''+x", "'@"])("%j, which begins with an apostrophe, is read as it was", (text) => {
    for (const safe of [true, false]) {
      setSafeCells(safe);
      expect(readName(written(text))).toBe(text);
    }
  });

  it.each(["-5", "+1e3", "-.5", "dense", "a=b", "it's", "'tis"])("%j stays as it is", (text) => {
    setSafeCells(true);
    expect(written(text, -2.5)).toBe(`name,value\n${text},-2.5\n`);
  });
});
