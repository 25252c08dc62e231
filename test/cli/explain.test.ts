import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ExplanationResult } from "../../src/studies/explain/result.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-explain-"));
afterAll(() => rmSync(folder, { recursive: true }));

const from = join(folder, "calibration.json");
const fitted = {
  variant: "dense",
  model: "GPT-5.4",
  tasks: ["mrcr(keys=whole)"],
  seed: 0,
  reader: { sharpness: 1.3, fidelity: 0.988, residualNoise: 1 },
};
writeFileSync(from, JSON.stringify({ ...fitted, columns: [] }));

describe("attnsim explain", () => {
  it("ranks changes beside what they cost, and writes what it prints", async () => {
    const out = join(folder, "out");
    const report = await attnsimJson<ExplanationResult>(
      ...["explain", "--from", from, "--trials", "2", "--variant", "dsa,sink-window", "--out", out],
    );
    expect(report).toMatchObject({
      models: ["GPT-5.4", "GPT-5.5"],
      tasks: fitted.tasks,
      trials: { meanField: 2, numerics: 0 },
      priced: { model: "deepseek-v3", tokens: 1_048_576, users: 100 },
      base: { rank: 0, change: "dense", reader: fitted.reader, numerics: null },
    });
    const changes = report.ranking.map(({ change }) => change);
    expect(changes).toEqual(expect.arrayContaining(["dsa", "sink-window", "dense+yarn", "reads 2"]));
    expect(changes).not.toContain("dense");
    report.ranking.forEach(({ rank, error, columns, cost, kind }, i) => {
      expect(rank).toBe(i + 1);
      expect(error.value).toBeGreaterThanOrEqual(i === 0 ? 0 : report.ranking[i - 1]!.error.value);
      expect(columns).toHaveLength(report.base.columns.length);
      expect(cost!.systems.map(({ system }) => system)).toEqual(["gb200-nvl72", "gb300-nvl72"]);
      expect(["attention", "logits", "reader"]).toContain(kind);
    });
    expect(report.findings.join("\n")).toMatch(/GPT-5.5 is below GPT-5.4 on .*64K-128K \(86.0 to 83.1\)/);
    expect(report.findings.at(-1)).toMatch(/existence argument/);
    const rows = (file: string): number =>
      readFileSync(join(out, file), "utf8").trim().split("\n").length - 1;
    expect(rows("ranking.csv")).toBe(report.ranking.length + 1);
    expect(rows("costs.csv")).toBe(2 * rows("ranking.csv"));
    expect(rows("scores.csv")).toBe(report.base.columns.length * rows("ranking.csv"));
    expect(existsSync(join(out, "explain.png"))).toBe(true);
  });

  it("prints one line a variant and what follows from them", async () => {
    const { code, out } = await attnsim(
      ...["explain", "--from", from, "--trials", "2", "--variant", "dsa,dsa(k=64)", "--no-rivals"],
      ...["--system", "gb300-nvl72", "--users", "100000", "--out", join(folder, "table")],
    );
    expect(code).toBe(0);
    expect(out.match(/^ +\d+ +dsa/gm)).toHaveLength(1);
    expect(out).toMatch(/users, gb300-nvl72/);
    expect(out).not.toMatch(/gb200/);
    expect(out).toMatch(/^- left unexplained by dsa/m);
  });

  it.each([
    [["--from", join(folder, "none.json")], /cannot read .*none.json/],
    [["--from", join(import.meta.dirname, "explain.test.ts")], /is no JSON/],
    [
      ["--from", join(import.meta.dirname, "../../package.json")],
      /no calibration.json of attnsim calibrate: variant/,
    ],
    [["--from", from, "--model", "GPT-1"], /"GPT-1"; known: .*GPT-5.5/],
    [["--from", from, "--variant", "nope"], /unknown attention variant "nope"/],
    [["--from", from, "--variant", "dense+entmax"], /no mean field/],
    [["--from", from, "--variant", "dense", "--no-rivals"], /no change is left/],
    [["--from", from, "--priced", "gpt"], /unknown model "gpt"/],
    [["--from", from, "--system", "tpu"], /unknown system "tpu"/],
  ])("refuses %j", async (words, message) => {
    const { code, err } = await attnsim("explain", "--trials", "2", "--out", join(folder, "never"), ...words);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "never"))).toBe(false);
  });
});
