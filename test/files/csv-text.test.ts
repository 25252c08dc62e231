import { describe, expect, it } from "vitest";
import { integerColumn, numberColumn, orEmpty, textColumn } from "../../src/core/table.ts";
import { formatCsv, parseCsv, tableRowsOf, trialRowsOf } from "../../src/files/csv-text.ts";
import { columns, trialRow } from "../../src/trial/columns.ts";

const shown = [
  textColumn("name", "a name"),
  orEmpty(integerColumn("count", "how many")),
  orEmpty(numberColumn("part", "a part")),
] as const;

const read = (text: string) => tableRowsOf(parseCsv(text, "t.csv", []), shown, "t.csv");

it("writes numbers so that they are read as the same numbers", () => {
  const parts = [0, 0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, -2.5, 123456789.125, null];
  const rows = parts.map((part, i) => ({
    name: `n ${i}`,
    count: i % 2 === 0 ? 2 ** 53 - 1 - i : null,
    part,
  }));
  const text = formatCsv(shown, rows);
  expect(read(text)).toEqual(rows);
  expect(text.split("\n").slice(0, 3)).toEqual([
    "name,count,part",
    "n 0,9007199254740991,0",
    "n 1,,0.30000000000000004",
  ]);
  expect(formatCsv(shown, read(text) as typeof rows)).toBe(text);
});

it("quotes texts that hold commas, quotes and ends of lines", () => {
  const names = ["a,b", 'say "so"', "two\nlines", "", "é"];
  const rows = names.map((name) => ({ name, count: null, part: null }));
  expect(read(formatCsv(shown, rows)).map(({ name }) => name)).toEqual(names);
});

it.each(["part", "1e999", "NaN", "Infinity", "1,5", "0.5.", "--1"])("refuses %s for a number", (cell) => {
  expect(() => read(`name,count,part\nx,1,"${cell}"\n`)).toThrow(
    `t.csv: row 1: part must be a number; got ${JSON.stringify(cell)}`,
  );
});

it("takes scores of 0 and 1, and none beyond", () => {
  const scored = (score: number, id: string) =>
    trialRow({ id, task: "t", variant: "dense", tokensNominal: 4096, score });
  const rows = [scored(0, "a"), scored(1, "b")];
  const back = (list: readonly ReturnType<typeof scored>[]) =>
    trialRowsOf(parseCsv(formatCsv(columns, list), "t.csv", []), "t.csv");
  expect(back(rows)).toEqual(rows);
  for (const score of [-Number.EPSILON, 1 + Number.EPSILON])
    expect(() => back([...rows, scored(score, "c")])).toThrow("t.csv: row 3: score must be in [0, 1]");
  expect(() => back([...rows, scored(0, "a")])).toThrow("row 3 is the trial of row 1 again");
});

it.each([
  ['name,part\nx,"1\n', "t.csv: line 2 is torn or no CSV: Quote Not Closed"],
  ["name,part\nx,1\ny,1,2\n", "t.csv: line 3 is torn or no CSV: Invalid Record Length"],
  ['name,part\nx,1\ny,"1"2\n', "t.csv: line 3 is torn or no CSV: Invalid Closing Quote"],
  ["name,part,name\nx,1,y\n", 't.csv is torn or no CSV: the column "name" stands twice'],
])("says the file and the line of %j", (text, message) => {
  expect(() => parseCsv(text, "t.csv", [])).toThrow(message);
});

describe("a record beyond a million characters is refused before it is parsed", () => {
  const bound = 2 ** 20;
  const far = bound + 10;

  it.each([
    ["one line", "a".repeat(far), 1, "without the end of a line"],
    ["commas", `a,b\n1,2\n${",".repeat(far)}`, 3, "without the end of a line"],
    [
      "an open quote",
      `a,b\r\n1,2\r\n\r\n"3,${"4,5\n".repeat(far / 4 + 1)}`,
      4,
      "from a quote that is not closed",
    ],
    ["empty quoted cells", `a\n${`"",`.repeat(far / 3 + 1)}`, 2, "without the end of a line"],
    ["quoted ends of lines", `a\n${`"\n",`.repeat(far / 4 + 1)}`, 2, ""],
  ])("%s", (_, text, line, reason) => {
    expect(() => parseCsv(text, "t.csv", [])).toThrow(
      new RegExp(
        `^t\\.csv: line ${line}: a record must have at most 1048576 characters; got more, .*${reason}`,
      ),
    );
  });

  it("and one of a million is read", () => {
    const cell = "x".repeat(bound - 2);
    expect(parseCsv(`a,b\n${cell},1\n`, "t.csv", [])).toEqual([{ a: cell, b: "1" }]);
    expect(() => parseCsv(`a,b\n${cell},12\n`, "t.csv", [])).toThrow("t.csv: line 2: a record");
  });

  it("also names of 100,000 columns", () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    expect(Object.keys(parseCsv(`${names.join()}\n${names.join()}\n`, "t.csv", [])[0]!)).toEqual(names);
  });
});

it.each([
  ["-4096", "row 1: the tokens must be at least 1; got -4096"],
  ["0", "row 1: the tokens must be at least 1; got 0"],
  ["0.5", 'row 1: tokensNominal must be an integer; got "0.5"'],
  ["1e308", 'row 1: tokensNominal must be an integer; got "1e308"'],
])("refuses a trial of %s tokens, which no axis can show", (tokens, message) => {
  const text = `task,variant,tokensNominal,score\nt,dense,${tokens},1\n`;
  expect(() => trialRowsOf(parseCsv(text, "t.csv", []), "t.csv")).toThrow(message);
});
