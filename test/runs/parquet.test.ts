import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import type { TableRow } from "../../src/core/table.ts";
import { readCsv, readTrialRows } from "../../src/files/csv.ts";
import { readResults, readTable } from "../../src/files/rows.ts";
import { formatParquet } from "../../src/files/write-parquet.ts";
import { writeParquet } from "../../src/runs/parquet.ts";
import { columns } from "../../src/trial/columns.ts";
import { attnsim } from "../cli/attnsim.ts";
import { emptyFolder } from "./folder.ts";

const results = join(import.meta.dirname, "../../results");

/** A copy of a committed folder of results, with Parquet files. */
function copied(name: string): string {
  const folder = join(emptyFolder(), name);
  cpSync(join(results, name), folder, { recursive: true });
  writeParquet(folder);
  return folder;
}

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

const bytesOf = (path: string): Buffer => readFileSync(path);

it("keeps rows, types and empty cells, and gives equal rows equal bytes", async () => {
  const folder = copied("budget");
  const path = join(folder, "data.parquet");
  const rows = readTrialRows(join(folder, "data.csv"));
  const { buffer } = new Uint8Array(bytesOf(path));
  const read = await parquetReadObjects({ file: buffer });
  const stored = (row: TableRow): object =>
    Object.fromEntries(
      columns.map(({ name, type }) => {
        const value = row[name] ?? null;
        return [name, type === "integer" && value !== null ? BigInt(value) : value];
      }),
    );
  expect(read).toEqual(rows.map(stored));
  expect(rows.some(({ score }) => score === null)).toBe(true);
  const types = parquetMetadata(buffer).schema.slice(1);
  const asParquet = { string: "BYTE_ARRAY", integer: "INT64", number: "DOUBLE", boolean: "BOOLEAN" };
  expect(types.map(({ name, type }) => [name, type])).toEqual(
    columns.map(({ name, type }) => [name, asParquet[type]]),
  );
  expect(Buffer.from(formatParquet(columns, rows)).equals(bytesOf(path))).toBe(true);
  writeParquet(folder);
  expect(Buffer.from(formatParquet(columns, rows)).equals(bytesOf(path))).toBe(true);
});

it("keeps integers, fractions and a table without rows", async () => {
  const path = join(emptyFolder(), "table.parquet");
  const shown = [
    { name: "text", type: "string", doc: "" },
    { name: "count", type: "integer", doc: "" },
    { name: "part", type: "number", doc: "" },
    { name: "is", type: "boolean", doc: "" },
  ] as const;
  const rows = [
    { text: 'a "b",\n\u00e9', count: 2 ** 53 - 1, part: 0.1 + 0.2, is: true },
    { text: "", count: null, part: null, is: null },
    { text: "1", count: -3, part: 5e-324, is: false },
  ];
  writeFileSync(path, formatParquet(shown, rows));
  expect(await readTable(path)).toEqual([
    { text: 'a "b",\n\u00e9', count: "9007199254740991", part: "0.30000000000000004", is: "true" },
    { text: "", count: "", part: "", is: "" },
    { text: "1", count: "-3", part: "5e-324", is: "false" },
  ]);
  writeFileSync(path, formatParquet(shown, []));
  expect(await readTable(path)).toEqual([]);
  expect(() => formatParquet(shown, [{ text: "", count: 0.5, part: null, is: null }])).toThrow(RangeError);
});

it("is read as the CSV beside it is", async () => {
  const folder = copied("budget");
  const [csv, parquet] = [join(folder, "data.csv"), join(folder, "data.parquet")];
  expect(await readTable(parquet)).toEqual(readCsv(csv, []));
  expect(await readResults(parquet)).toEqual(readTrialRows(csv));
  const drawn = async (file: string, out: string): Promise<string> => {
    const { code, err } = await attnsim("plot", file, "--figure", "budget", "--format", "svg", "--out", out);
    expect([code, err]).toEqual([0, ""]);
    // one process numbers the gradients of all its figures
    return readFileSync(join(out, "budget.svg"), "utf8").replaceAll(/(gradient|clip)_?\d+/g, "$1");
  };
  expect((await drawn(parquet, emptyFolder())) === (await drawn(csv, emptyFolder()))).toBe(true);
  writeFileSync(parquet, "no parquet");
  expect(await attnsim("plot", parquet)).toMatchObject({
    code: 2,
    err: matching(/is torn or no parquet/),
  });
});

it("is written by --parquet and removed with the rows that it held", async () => {
  const out = emptyFolder();
  const run = (trials: string, ...more: string[]) =>
    attnsim(
      ...["run", "--mode", "mean-field", "--task", "graphwalks", "--variant", "dense", "--tokens", "4K"],
      ...["--trials", trials, "--out", out, ...more],
    );
  expect((await run("1", "--parquet")).code).toBe(0);
  for (const name of ["data", "timings", "summary"])
    expect(await readTable(join(out, `${name}.parquet`))).toEqual(readCsv(join(out, `${name}.csv`), []));
  const priced = async (file: string): Promise<string> => {
    const asked = ["--results", join(out, file), "--model", "deepseek-v3", "--system", "gb200-nvl72"];
    const { code, out: said, err } = await attnsim("frontier", ...asked, "--json");
    expect([code, err]).toEqual([0, ""]);
    return said.replaceAll(file, "data");
  };
  expect(await priced("data.parquet")).toBe(await priced("data.csv"));
  expect((await run("2")).code).toBe(0);
  expect(existsSync(join(out, "data.parquet"))).toBe(false);
  expect((await attnsim("export", "parquet", out)).out).toContain(join(out, "data.parquet"));
  expect(await readResults(join(out, "data.parquet"))).toHaveLength(2);
});

it("refuses a folder that holds no results", async () => {
  const folder = emptyFolder();
  const asked = () => attnsim("export", "parquet", folder);
  expect(await asked()).toMatchObject({ code: 2, err: matching(/cannot read .*datapackage/) });
  writeFileSync(join(folder, "datapackage.json"), "{");
  expect(await asked()).toMatchObject({ code: 2, err: matching(/is no JSON/) });
  const resource = { path: "../data.csv", schema: { fields: [] } };
  writeFileSync(join(folder, "datapackage.json"), JSON.stringify({ resources: [resource] }));
  expect(await asked()).toMatchObject({
    code: 2,
    err: matching(/resources\.0\.path: must be a CSV file of the folder/),
  });
});

it("is read by DuckDB with its types", async () => {
  const folder = copied("budget");
  const rows = readTrialRows(join(folder, "data.csv"));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const ask = async (sql: string) =>
    (await connection.runAndReadAll(sql.replace("RESULTS", `'${join(folder, "data.parquet")}'`))).getRowsJS();
  const described = await ask("DESCRIBE SELECT * FROM RESULTS");
  const asDuckDb = { string: "VARCHAR", integer: "BIGINT", number: "DOUBLE", boolean: "BOOLEAN" };
  expect(described.map(([name, type]) => [name, type])).toEqual(
    columns.map(({ name, type }) => [name, asDuckDb[type]]),
  );
  const values = await ask("SELECT id, tokensNominal, score, fits FROM RESULTS");
  expect(values).toEqual(
    rows.map(({ id, tokensNominal, score, fits }) => [id, BigInt(tokensNominal), score, fits]),
  );
  connection.closeSync();
});

const hasPandas = spawnSync("python3", ["-c", "import pandas, pyarrow"], { stdio: "ignore" }).status === 0;

it.skipIf(!hasPandas)("is read by pandas (skipped without python3, pandas and pyarrow)", () => {
  const folder = copied("budget");
  const script = `import json, sys, pandas; frame = pandas.read_parquet(sys.argv[1])
print(json.dumps([len(frame), list(frame.columns), float(frame["score"].sum())]))`;
  const said = execFileSync("python3", ["-c", script, join(folder, "data.parquet")], { encoding: "utf8" });
  const rows = readTrialRows(join(folder, "data.csv"));
  const [length, names, sum] = JSON.parse(said) as [number, string[], number];
  expect([length, names]).toEqual([rows.length, columns.map(({ name }) => name)]);
  expect(sum).toBeCloseTo(
    rows.reduce((total, { score }) => total + (score ?? 0), 0),
    9,
  );
});
