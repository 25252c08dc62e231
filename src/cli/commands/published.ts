import type { Command } from "@commander-js/extra-typings";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError, unknownName } from "../../core/errors.ts";
import { exportsOf } from "../../core/entry.ts";
import { readTrialRows } from "../../files/csv.ts";
import { writeAtomic } from "../../files/files.ts";
import { renderPng, renderSvg } from "../../runs/render.ts";
import { checkout, importFile } from "../../files/load.ts";
import { planOf } from "../../runs/plan.ts";
import { goldenChecks } from "../../studies/published/checks.ts";
import { trendFigure } from "../../studies/published/figure.ts";
import { checkLines, trendLines } from "../../studies/published/lines.ts";
import type { CheckLine, TrendLine } from "../../studies/published/lines.ts";
import { valuesOf } from "../../studies/published/trend.ts";
import type { Trend } from "../../studies/published/trend.ts";
import { makeTrial } from "../../runs/make-trial.ts";
import { watch } from "../print/watch.ts";
import { integer } from "../options/values.ts";
import { formatTable } from "../print/table.ts";

const notes = `
Golden checks are made anew each time. Trends are experiments: their verdicts follow from the results in the folder, by
the rule in experiments/published. "contradicted" says that our numbers do not show what was published, and the sentence
below says where; "not run" that there are no results of it.

Examples:
  $ attnsim published
  $ attnsim published --run quest-passkey
  $ attnsim published --json`;

const inCheckout = (path: string): string => fileURLToPath(new URL(path, checkout));

/** `attnsim published`: what sources print, and what the simulator makes of it. */
export default function publishedCommand(command: Command): void {
  command
    .option("--run <names>", 'run these trends first, comma-separated, or "all"; what is finished is kept')
    .option(
      "--results <folder>",
      "folder with a folder of results for each trend; results/published of the checkout when absent",
    )
    .option(
      "--workers <n>",
      "trials run side by side; as many as cores and memory allow when absent",
      integer(1),
    )
    .option("--threads <n>", "kernel threads of a worker; the cores left when absent", integer(1))
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ run, results = inCheckout("results/published"), json, ...options }) => {
      const trends = await loadTrends();
      const chosen = run === undefined ? [] : chosenOf(run, trends);
      for (const trend of chosen) await runTrend(trend, join(results, trend.name), options);
      const shown = chosen.length > 0 ? chosen : trends;
      const lines = trendLines(shown, (trend) => {
        const file = join(results, trend.name, "data.csv");
        return existsSync(file) ? readTrialRows(file) : undefined;
      });
      const checks = chosen.length > 0 ? [] : checkLines(goldenChecks);
      console.log(json ? JSON.stringify({ checks, trends: lines }, null, 2) : layOut(checks, lines));
    });
}

/** The trends of the checkout; none where the program is an installed package. */
async function loadTrends(): Promise<Trend[]> {
  const file = inCheckout("experiments/published/all.ts");
  if (existsSync(file)) return exportsOf((await importFile(file)) as Readonly<Record<string, Trend>>);
  console.error("trends are experiments of attnsim's repository, which is not here: golden checks alone");
  return [];
}

function chosenOf(names: string, trends: readonly Trend[]): readonly Trend[] {
  if (names === "all") return trends;
  if (trends.length === 0) throw new UsageError(`no trends to run here; got --run ${names}`);
  return names.split(",").map((name) => {
    const trend = trends.find((each) => each.name === name.trim());
    return trend ?? unknownName("trend", name.trim(), ["all", ...trends.map((each) => each.name)]);
  });
}

/** Runs what is missing of a trend, and draws it. */
async function runTrend(
  trend: Trend,
  out: string,
  options: { workers?: number | undefined; threads?: number | undefined },
): Promise<void> {
  const plan = planOf(trend.name, trend.question, trend.trials(makeTrial));
  const rows = await watch.trials(plan, { ...options, out, config: { trend: trend.name, ...options } });
  const svg = await renderSvg(trendFigure(trend, valuesOf(trend, rows)));
  writeAtomic(join(out, `${trend.name}.svg`), svg);
  writeAtomic(join(out, `${trend.name}.png`), renderPng(svg));
  console.error(join(out, `${trend.name}.png`));
}

function layOut(checks: readonly CheckLine[], trends: readonly TrendLine[]): string {
  const parts: string[] = [];
  if (checks.length > 0)
    parts.push(
      formatTable(
        ["golden check", "published", "ours", "verdict", "source"],
        checks.map(({ name, published, ours, unit, verdict, source }) => [
          name,
          `${published} ${unit}`.trim(),
          `${Number(ours.toPrecision(5))} ${unit}`.trim(),
          verdict,
          `${source.title}, ${source.where ?? ""}`,
        ]),
      ),
    );
  if (trends.length > 0)
    parts.push(
      formatTable(
        ["trend", "verdict", "published", "ours"],
        trends.map(({ name, verdict, published, ours }) => [name, verdict, published, ours]),
      ),
    );
  for (const { name, sentence, note, sources } of trends)
    parts.push(
      [
        `${name}: ${sentence}`,
        ...(note === undefined ? [] : [`  ${note}`]),
        ...sources.map(
          ({ title, url, where }) =>
            `  ${[title, where, url].filter((part) => part !== undefined).join(", ")}`,
        ),
      ].join("\n"),
    );
  return parts.join("\n\n");
}
