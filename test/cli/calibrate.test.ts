import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CalibrationResult } from "../../src/studies/calibrate/result.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const quick = [
  ...["--fit", "graphwalks-parents:256K", "--left-out", "mrcr-v2-8needle:4K-8K"],
  ...["--starts", "1", "--trials", "4", "--sharpness", "1.3", "--fidelity", "0.985"],
];

describe("attnsim calibrate", () => {
  it("fits in the mean field, and writes what it prints", async () => {
    const out = join(folder, "fit");
    const report = await attnsimJson<CalibrationResult>("calibrate", ...quick, "--no-confirm", "--out", out);
    expect(report).toMatchObject({
      variant: "dense",
      model: "GPT-5.4",
      tasks: ["mrcr(keys=whole)"],
      seed: 0,
      trials: { meanField: 4, numerics: 0 },
      reader: { sharpness: 1.3, fidelity: 0.985, residualNoise: report.fit.point.residualNoise },
    });
    expect(report.columns.map(({ role, benchmark, column }) => [role, benchmark, column])).toEqual([
      ["fitted", "graphwalks-parents", "256K"],
      ["left out", "mrcr-v2-8needle", "4K-8K"],
    ]);
    for (const { published, meanField, numerics } of report.columns) {
      expect(published).toBeGreaterThan(0.8);
      expect(meanField.low).toBeLessThanOrEqual(meanField.value);
      expect(meanField.high).toBeGreaterThanOrEqual(meanField.value);
      expect(numerics).toBeNull();
    }
    expect(report.error["left out"].meanField!.value).toBeCloseTo(
      Math.abs(report.columns[1]!.meanField.value - report.columns[1]!.published),
    );
    expect(JSON.parse(readFileSync(join(out, "calibration.json"), "utf8"))).toEqual(report);
    const [titles, first] = readFileSync(join(out, "columns.csv"), "utf8").split("\n");
    expect(titles).toMatch(/^role,benchmark,column,published,meanField,meanFieldLow/);
    expect(first).toMatch(/^fitted,graphwalks-parents,256K,0.828,/);
    for (const file of ["calibrate.png", "datapackage.json", "manifest.json"])
      expect(existsSync(join(out, file))).toBe(true);
  });

  it("confirms with full numerics, prints a table, and fits no second time", async () => {
    const columns = ["--fit", "mrcr-v2-8needle:4K-8K", "--left-out", "mrcr-v2-8needle:8K-16K"];
    const { code, out } = await attnsim(
      ...["calibrate", ...quick.slice(4), ...columns, "--confirm-trials", "2"],
      ...["--workers", "1", "--threads", "1", "--out", join(folder, "numerics")],
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^residualNoise +[\d.]+ +[\d.]+ to [\d.]+$/m);
    expect(out).toMatch(/^mrcr-v2-8needle:8K-16K +91\.4( +[\d.]+ \[[\d.]+ [\d.]+\] +-?[\d.]+){2} +2$/m);
    expect(out).toMatch(/such a reader exists/);
    const kept = join(folder, "numerics/calibration.json");
    const marked = readFileSync(kept, "utf8").replace(/"evaluations": \d+/, '"evaluations": 7');
    writeFileSync(kept, marked);
    const again = [...quick.slice(4), ...columns, "--no-confirm", "--out", join(folder, "numerics")];
    expect((await attnsimJson<CalibrationResult>("calibrate", ...again)).fit.evaluations).toBe(7);
    expect(readFileSync(join(folder, "numerics/numerics/data.csv"), "utf8").split("\n")).toHaveLength(6);
  });

  it.each([
    [["--model", "GPT-1"], /"GPT-1"; known: .*GPT-5.4/],
    [["--fit", "mrcr:1M"], /"mrcr:1M"; known: .*mrcr-v2-8needle:512K-1M/],
    [["--task", "prefill"], /"prefill"; known: graphwalks, mrcr/],
    [["--variant", "dense+entmax"], /the variant has no mean field/],
    [["--residual-noise", "1"], /nothing is left to fit/],
    [["--starts", "0"], /allowed: an integer >= 1/],
  ])("refuses %j", async (words, message) => {
    const { code, err } = await attnsim("calibrate", ...quick, ...words, "--out", join(folder, "none"));
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});
