import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportsOf } from "../../core/entry.ts";
import { UsageError, unknownName } from "../../core/errors.ts";
import { readTrialRows } from "../../files/csv.ts";
import { namesIn } from "../../files/files.ts";
import { checkout, importFile } from "../../files/load.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { planOf } from "../../runs/plan.ts";
import { writeFigure } from "../../runs/write-figure.ts";
import type { Watch } from "../../runs/watch.ts";
import { goldenChecks } from "./checks.ts";
import { trendFigure } from "./figure.ts";
import { checkResults, trendResults } from "./result.ts";
import type { CheckResult, TrendResult } from "./result.ts";
import { valuesOf } from "./trend.ts";
import type { Trend } from "./trend.ts";

export interface PublishedOptions {
  /** names of trends to run first, or "all" */
  readonly run?: readonly string[] | undefined;
  /**
   * folder with a folder of results for each trend; default: results/published of the checkout, or
   * results/local/published for trends that are run now
   */
  readonly results?: string | undefined;
  /** overwrite results of other trials, and edited results */
  readonly force?: boolean | undefined;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
}

/** Golden checks and trends, each with its verdict. */
export interface PublishedVerdicts {
  /** golden checks; empty if trends were run */
  readonly checks: readonly CheckResult[];
  /** trends that were run; otherwise all */
  readonly trends: readonly TrendResult[];
}

/** Published numbers and trends with their verdicts. */
export interface PublishedStudy {
  readonly answer: PublishedVerdicts;
  /** true if trends are here; they are experiments of attnsim's repository */
  readonly hasTrends: boolean;
  /** paths of the figures that were written */
  readonly files: readonly string[];
}

/**
 * Compares published numbers and trends with ours.
 *
 * @throws UsageError for an unknown trend, and results that are no folder; Unfinished when trials of a trend are missing
 */
export async function runPublished(options: PublishedOptions, watch: Watch): Promise<PublishedStudy> {
  const { run } = options;
  const trends = await loadTrends();
  const chosen = run === undefined ? [] : chosenTrends(run, trends);
  const { results = chosen.length > 0 ? ownResults : inCheckout("results/published") } = options;
  if (chosen.length === 0 && options.results !== undefined) namesIn(options.results);
  const files: string[] = [];
  for (const trend of chosen)
    files.push(...(await runTrend(trend, { ...options, out: join(results, trend.name) }, watch)));
  const shown = trendResults(chosen.length > 0 ? chosen : trends, ({ name }) => {
    const file = join(results, name, "data.csv");
    return existsSync(file) ? readTrialRows(file) : undefined;
  });
  return {
    answer: { checks: chosen.length > 0 ? [] : checkResults(goldenChecks), trends: shown },
    hasTrends: trends.length > 0,
    files,
  };
}

const ownResults = join("results", "local", "published");

const inCheckout = (path: string): string => fileURLToPath(new URL(path, checkout));

/** The trends of the checkout; none if the program is an installed package. */
async function loadTrends(): Promise<Trend[]> {
  const file = inCheckout("experiments/published/all.ts");
  if (!existsSync(file)) return [];
  return exportsOf((await importFile(file)) as Readonly<Record<string, Trend>>);
}

function chosenTrends(names: readonly string[], trends: readonly Trend[]): readonly Trend[] {
  if (names.includes("all")) return trends;
  if (trends.length === 0) throw new UsageError(`no trends to run here; got --run ${names.join(",")}`);
  return names.map((name) => {
    const trend = trends.find((each) => each.name === name);
    return trend ?? unknownName("trend", name, ["all", ...trends.map((each) => each.name)]);
  });
}

/** Runs the missing trials of a trend, and draws it. Returns the figure's paths. */
async function runTrend(
  trend: Trend,
  { out, workers, threads, force }: PublishedOptions & { readonly out: string },
  watch: Watch,
): Promise<string[]> {
  const plan = planOf(trend.name, trend.question, trend.trials(makeTrial));
  const config = { trend: trend.name, workers, threads };
  const rows = await watch.trials(plan, { out, workers, threads, config, force });
  return writeFigure(out, trend.name, trendFigure(trend, valuesOf(trend, rows)));
}
