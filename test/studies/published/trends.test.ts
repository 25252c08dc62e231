import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as all from "../../../experiments/published/all.ts";
import { readTrialRows } from "../../../src/files/csv.ts";
import { trendFigure } from "../../../src/studies/published/figure.ts";
import { trendResults } from "../../../src/studies/published/result.ts";
import { judged, valuesOf } from "../../../src/studies/published/trend.ts";
import type { Trend } from "../../../src/studies/published/trend.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import { parseSpec } from "../../../src/attention/spec.ts";
import { trialRow } from "../../../src/trial/columns.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";

const root = join(import.meta.dirname, "../../..");
const trends: readonly Trend[] = Object.values(all);
const results = (name: string): string => join(root, "results/published", name);

it("every file of experiments/published is a trend", () => {
  const files = readdirSync(join(root, "experiments/published")).filter((file) => file !== "all.ts");
  expect(trends.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  expect(readdirSync(join(root, "results/published")).sort()).toEqual(trends.map(({ name }) => name).sort());
});

describe.each(trends)("$name", (trend) => {
  const rows = readTrialRows(join(results(trend.name), "data.csv"));

  it("has a committed result of each of its trials", () => {
    const key = (parts: readonly unknown[]): string => JSON.stringify(parts);
    const found = new Set(
      rows.map((row) => key([row.task, row.resolved, row.tokensNominal, row.trial, row.mode, row.engine])),
    );
    const missing = [...trend.trials(makeTrial)].filter(
      (trial) =>
        !found.has(
          key([
            trial.task,
            parseSpec(trial.variant).resolved,
            trial.tokens,
            trial.trial,
            trial.mode,
            trial.mode === "numerics" ? trial.engine : "",
          ]),
        ),
    );
    expect(missing).toEqual([]);
  });

  it("says from them what they show", () => {
    const { verdict, ours, sentence } = judged(trend, rows);
    expect(["reproduced", "contradicted"]).toContain(verdict);
    expect(ours).toMatch(/\d/);
    expect(sentence).toMatch(/\d.*\.$/);
    expect(`${ours} ${sentence}`).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("quotes its sources, and draws their numbers beside its own", () => {
    for (const { url } of trend.sources) expect(url).toMatch(/^https:\/\//);
    const values = valuesOf(trend, rows);
    const panels = new Set(values.map(({ panel }) => panel));
    expect(trend.published.filter(({ panel }) => !panels.has(panel))).toEqual([]);
    const { data } = trendFigure(trend, values) as { data: { values: readonly unknown[] } };
    expect(data.values).toHaveLength(values.length + trend.published.length);
  });

  it("is committed with its figure, and small", () => {
    for (const file of [`${trend.name}.png`, `${trend.name}.svg`, "manifest.json", "datapackage.json"])
      expect(existsSync(join(results(trend.name), file))).toBe(true);
    for (const file of readdirSync(results(trend.name)).filter((name) => name !== "journal.jsonl"))
      expect(statSync(join(results(trend.name), file)).size).toBeLessThan(1.5e6);
    expect(
      readFileSync(join(results(trend.name), `${trend.name}.png`))
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });
});

describe("a trend", () => {
  const rising: Trend = {
    ...trends[0]!,
    name: "rising",
    place: ({ variant, tokensNominal }) =>
      variant === "dense" ? { panel: "p", series: "ours", x: tokensNominal } : undefined,
    value: ({ score }) => score,
    judge: (found) => {
      const [low, high] = [found("p", "ours", 1).mean, found("p", "ours", 2).mean];
      return {
        verdict: high > low ? "reproduced" : "contradicted",
        ours: `${low}, ${high}`,
        sentence: "so.",
      };
    },
  };
  const row = (tokensNominal: number, score: number, variant = "dense"): TrialRow =>
    trialRow({ task: "graphwalks", tokensNominal, score, variant });

  it("is judged by the means of its places", () => {
    const rows = [row(1, 0), row(1, 0.5), row(2, 0.75), row(2, 0, "other")];
    expect(judged(rising, rows)).toEqual({ verdict: "reproduced", ours: "0.25, 0.75", sentence: "so." });
    expect(judged(rising, [row(1, 1), row(2, 0)]).verdict).toBe("contradicted");
  });

  it("is not judged without its results", () => {
    expect(() => judged(rising, [row(1, 1)])).toThrow("rising: no result of p, ours at 2; run it again");
    expect(trendResults([rising], () => undefined)[0]).toMatchObject({ verdict: "not run", ours: "" });
  });
});
