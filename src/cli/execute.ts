import { basename, extname, join } from "node:path";
import { UsageError, unknownName } from "../core/errors.ts";
import { distinct } from "../core/group.ts";
import { formatSeconds } from "../core/units.ts";
import { findFigure } from "../figures/registry.ts";
import { removePictures } from "../runs/claim.ts";
import { drawFigures } from "../runs/draw.ts";
import { readManifest } from "../runs/manifest.ts";
import { writeParquet } from "../runs/parquet.ts";
import type { Plan } from "../runs/plan.ts";
import type { RunOutcome } from "../runs/run.ts";
import { possiblePart } from "../runs/possible.ts";
import { formatImpossible, formatPlan, planData } from "./print/plan.ts";
import { formatProfile, peakBytes } from "./print/profile.ts";
import { effectiveLengths } from "../runs/effective.ts";
import { differenceTables, exactTables, gradedTables, scoreTables } from "../runs/summary.ts";
import type { ScoreTable } from "../runs/summary.ts";
import { finishedRows } from "../runs/unfinished.ts";
import type { TrialRow } from "../trial/columns.ts";
import { meanFieldGaps } from "../trial/mean-field-gap.ts";
import { formatGaps } from "./print/gaps.ts";
import { bracketsNote, formatEffective, formatScores } from "./print/scores.ts";
import { runWatched } from "./print/watch.ts";

/** Options of a run that `attnsim run` and experiments share. */
export interface ExecuteOptions {
  readonly out: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly memoryGb?: number | undefined;
  readonly json?: boolean | undefined;
  /** print the time of each part */
  readonly profile?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** overwrite results of another plan, and edited results */
  readonly force?: boolean | undefined;
  /** write Parquet files beside the CSV files */
  readonly parquet?: boolean | undefined;
  /** leave out tasks at lengths, and variants, that cannot be had */
  readonly skipImpossible?: boolean | undefined;
  /** variant spec that others are compared with on the same problems */
  readonly reference?: string | undefined;
  /** figures to draw (default: all that the rows can show) */
  readonly figures?: readonly string[] | undefined;
  /** the options, for the manifest */
  readonly config: object;
}

/**
 * Runs a plan for a user, with a progress bar, Ctrl-C, figures and a summary.
 *
 * @throws UsageError before any work; Unfinished after Ctrl-C or when trials failed
 */
export async function execute(asked: Plan, options: ExecuteOptions): Promise<void> {
  const { out, json } = options;
  const plan = possible(asked, options.skipImpossible);
  if (plan.trials.length === 0) throw new UsageError(`${plan.name} has no trials`);
  options.figures?.forEach(findFigure);
  const { reference } = options;
  requireReference(plan, reference);
  if (options.dryRun) {
    console.log(json ? JSON.stringify(planData(plan, out), null, 2) : formatPlan(plan, out));
    return;
  }
  const { workers, threads, memoryGb, profile, config, force } = options;
  const memoryBytes = memoryGb === undefined ? undefined : memoryGb * 1e9;
  const before = readManifest(out)?.files;
  const outcome = await runWatched(plan, { out, workers, threads, memoryBytes, profile, config, force });
  if (options.parquet) writeParquet(out);
  const { rows, planned, seconds } = outcome;
  // an unfinished run draws the figures that its rows can show, so that its failures are told
  const names = rows.length === planned ? options.figures : undefined;
  const figures =
    rows.length === 0 ? [] : await drawFigures(rows, { out, title: plan.question, names, reference });
  if (readManifest(out)?.files?.["data.csv"] !== before?.["data.csv"])
    removePictures(out, figures.map(figureOf));
  if (json) console.log(JSON.stringify(summaryOf(outcome, { out, figures, reference }), null, 2));
  else {
    const tables = tablesOf(rows, reference);
    for (const table of tables) console.log(`${formatScores(table)}\n`);
    const note = bracketsNote(tables);
    if (note !== undefined) console.log(`${note}\n`);
    const effective = effectiveLengths(rows);
    if (effective.some(({ lengths }) => lengths.length > 1)) console.log(`${formatEffective(effective)}\n`);
    const gaps = meanFieldGaps(rows);
    if (gaps.length > 0) console.log(`${formatGaps(gaps)}\n`);
    if (outcome.profile) console.log(`${formatProfile(outcome.profile)}\n`);
    console.log(`${rows.length} of ${planned} trials in ${out}, ${formatSeconds(seconds)}`);
    for (const figure of figures.filter((path) => path.endsWith(".png"))) console.log(`  ${figure}`);
  }
  finishedRows(outcome);
}

/** The name of the figure that a file holds. */
const figureOf = (path: string): string => basename(path, extname(path));

/**
 * The part of a plan that can be run. The rest is refused, or with `skip` said on stderr.
 *
 * @throws UsageError naming the cells that cannot be had
 */
function possible(asked: Plan, skip: boolean | undefined): Plan {
  const { plan, impossible } = possiblePart(asked);
  if (impossible.length === 0) return plan;
  const lines = formatImpossible(impossible);
  if (!skip) throw new UsageError(`impossible, unless --skip-impossible leaves it out:\n${lines}`);
  console.error(`left out:\n${lines}`);
  return { ...plan, impossible };
}

/** Tables of scores and of exact answers, then of the scores' differences from the reference. */
const tablesOf = (rows: readonly TrialRow[], reference: string | undefined): ScoreTable[] => [
  ...gradedTables(rows),
  ...(reference === undefined || rows.length === 0 ? [] : differenceTables(rows, reference)),
];

/** @throws UsageError if no trial of a plan is of the reference */
function requireReference({ trials }: Plan, reference: string | undefined): void {
  if (reference === undefined || trials.some(({ trial }) => trial.variant === reference)) return;
  unknownName("reference", reference, distinct(trials.map(({ trial }) => trial.variant)));
}

const cellsOf = (tables: readonly ScoreTable[]): object[] =>
  tables.flatMap(({ columns, lines }) =>
    lines.flatMap(({ cells }) =>
      cells.flatMap((cell, c) => (cell === undefined ? [] : [{ column: columns[c], ...cell }])),
    ),
  );

interface SummarySettings {
  readonly out: string;
  readonly figures: readonly string[];
  readonly reference: string | undefined;
}

const summaryOf = (
  { rows, planned, failures, interrupted, seconds, profile }: RunOutcome,
  { out, figures, reference }: SummarySettings,
): object => ({
  out,
  data: join(out, "data.csv"),
  figures,
  trials: { planned, finished: rows.length, failed: failures.length },
  interrupted,
  seconds,
  ...(profile && { profile: { peakBytes: peakBytes(), parts: profile } }),
  effective: effectiveLengths(rows),
  scores: cellsOf(scoreTables(rows)),
  exact: cellsOf(exactTables(rows)),
  ...(reference !== undefined && { reference, differences: cellsOf(differenceTables(rows, reference)) }),
});
