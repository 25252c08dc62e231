import type { Source } from "../../core/entry.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { verdictOf } from "../verdict.ts";
import type { Agreement } from "../verdict.ts";
import { holds } from "./checks.ts";
import type { GoldenCheck } from "./checks.ts";
import { judged } from "./trend.ts";
import type { Trend } from "./trend.ts";

/** A golden check with our number and its verdict. */
export interface CheckResult extends Pick<
  GoldenCheck,
  "name" | "by" | "published" | "unit" | "within" | "source"
> {
  readonly ours: number;
  /** of a run; of arithmetic only whether it holds, which is no evidence */
  readonly verdict: Agreement | "arithmetic holds" | "arithmetic fails";
  readonly note?: string | undefined;
}

/** A trend with its verdict. */
export interface TrendResult {
  readonly name: string;
  readonly question: string;
  readonly published: string;
  readonly ours: string;
  readonly verdict: Agreement | "not run";
  readonly sentence: string;
  /** the rule of the verdict */
  readonly rule: string;
  readonly note?: string | undefined;
  readonly sources: readonly Source[];
}

export const checkResults = (checks: readonly GoldenCheck[]): CheckResult[] =>
  checks.map((check) => {
    const { name, by, published, unit, within, note, source } = check;
    const ours = check.ours();
    const agrees = holds(check, ours);
    const verdict = by === "run" ? verdictOf(agrees) : agrees ? "arithmetic holds" : "arithmetic fails";
    return { name, by, published, ours, unit, within, verdict, note, source };
  });

/** @param rowsOf gives the rows of a trend; undefined if it was not run */
export const trendResults = (
  trends: readonly Trend[],
  rowsOf: (trend: Trend) => readonly TrialRow[] | undefined,
): TrendResult[] =>
  trends.map((trend) => {
    const { name, question, claim, rule, note, sources } = trend;
    const rows = rowsOf(trend);
    const judgement = rows === undefined ? notRun(name) : judged(trend, rows);
    return { name, question, published: claim, ...judgement, rule, note, sources };
  });

const notRun = (name: string): Pick<TrendResult, "verdict" | "ours" | "sentence"> => ({
  verdict: "not run",
  ours: "",
  sentence: `there are no results; attnsim published --run ${name} makes them.`,
});
