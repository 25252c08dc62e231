import type { Source } from "../../core/entry.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { holds } from "./checks.ts";
import type { GoldenCheck } from "./checks.ts";
import { judged } from "./trend.ts";
import type { Judgement, Trend } from "./trend.ts";

/** A golden check as it came out. */
export interface CheckLine extends Pick<GoldenCheck, "name" | "published" | "unit" | "within" | "source"> {
  readonly ours: number;
  readonly verdict: Judgement["verdict"];
  readonly note?: string | undefined;
}

/** A trend as it came out. */
export interface TrendLine {
  readonly name: string;
  readonly question: string;
  readonly published: string;
  readonly ours: string;
  readonly verdict: Judgement["verdict"] | "not run";
  readonly sentence: string;
  readonly note?: string | undefined;
  readonly sources: readonly Source[];
}

export const checkLines = (checks: readonly GoldenCheck[]): CheckLine[] =>
  checks.map((check) => {
    const { name, published, unit, within, note, source } = check;
    const ours = check.ours();
    const verdict = holds(check, ours) ? "reproduced" : "contradicted";
    return { name, published, ours, unit, within, verdict, note, source };
  });

/** @param resultsOf rows of a trend's results; undefined where there are none */
export const trendLines = (
  trends: readonly Trend[],
  resultsOf: (trend: Trend) => readonly TrialRow[] | undefined,
): TrendLine[] =>
  trends.map((trend) => {
    const { name, question, claim, note, sources } = trend;
    const rows = resultsOf(trend);
    const judgement =
      rows === undefined
        ? ({
            verdict: "not run",
            ours: "",
            sentence: `there are no results; attnsim published --run ${name} makes them.`,
          } as const)
        : judged(trend, rows);
    return { name, question, published: claim, ...judgement, note, sources };
  });
