import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { afterAll, expect, it } from "vitest";
import { readTrialRows } from "../../src/files/csv.ts";
import { commands } from "../../src/cli/commands/all.ts";
import { attnsim } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-safe-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

const formula = '=HYPERLINK("http://127.0.0.1/","x")';

const problems = join(folder, "problems.jsonl");
const responses = join(folder, "responses.jsonl");

it("quotes what a user names a model, in the CSV alone", async () => {
  const csv = join(folder, "scores.csv");
  const drawn = await attnsim("tasks", "generate", "graphwalks", "--tokens", "4K", "--count", "1");
  writeFileSync(problems, drawn.out);
  const { id } = JSON.parse(drawn.out.split("\n")[0]!) as { id: string };
  writeFileSync(responses, `${JSON.stringify({ id, response: "none" })}\n`);
  const words = ["tasks", "score", "--file", problems, "--responses", responses, "--model", formula];
  for (const [safe, start] of [
    [["--safe-csv"], `"'=HYPER`],
    [[], `"=HYPER`],
  ] as const) {
    const { code, err } = await attnsim(...words, "--csv", csv, ...safe);
    expect([code, err]).toEqual([0, ""]);
    expect(readFileSync(csv, "utf8")).toContain(start);
    expect(readTrialRows(csv)[0]!.variant).toBe(formula);
  }
});

it("leaves a run's files, and its Parquet, as they are where no cell is a formula", async () => {
  const run = ["run", "--task", "graphwalks", "--variant", "dense", "--tokens", "4K", "--trials", "1"];
  const files = ["plain", "safe"].map((name) => join(folder, name));
  const [plain, safe] = files as [string, string];
  const more = ["--mode", "mean-field", "--parquet", "--json"];
  expect((await attnsim(...run, ...more, "--out", plain)).code).toBe(0);
  expect((await attnsim(...run, ...more, "--out", safe, "--safe-csv")).code).toBe(0);
  for (const file of ["data.csv", "summary.csv", "data.parquet"])
    expect(readFileSync(join(safe, file))).toEqual(readFileSync(join(plain, file)));
  const bytes = readFileSync(join(safe, "data.parquet"));
  const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer, compressors });
  expect(rows).toHaveLength(1);
});

it.each(["run", "frontier", "economics", "learn", "collect", "show", "attend", "article"])(
  "%s, which writes CSV files, has the option",
  async (name) => {
    expect(commands.some((command) => command.name === name)).toBe(true);
    expect((await attnsim(name, "--help")).out).toContain("--safe-csv");
  },
);

it("is no option of commands that write none", async () => {
  for (const name of ["plot", "submit", "list"])
    expect((await attnsim(name, "--help")).out).not.toContain("--safe-csv");
});
