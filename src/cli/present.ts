import { basename, extname, join } from "node:path";
import { formatSeconds } from "../core/units.ts";
import { removePictures } from "../runs/claim.ts";
import type { PlannedRun } from "../runs/cluster/plan-file.ts";
import { drawFigures } from "../runs/draw.ts";
import { effectiveLengths } from "../runs/effective.ts";
import { readManifest } from "../runs/manifest.ts";
import type { FolderManifest } from "../runs/manifest.ts";
import type { RunOutcome } from "../runs/run.ts";
import { differenceTables, exactTables, gradedTables, scoreTables } from "../runs/summary.ts";
import type { ScoreTable } from "../runs/summary.ts";
import { finishedRows } from "../runs/unfinished.ts";
import type { TrialRow } from "../trial/columns.ts";
import { meanFieldGaps } from "../trial/mean-field-gap.ts";
import { formatGaps } from "./print/gaps.ts";
import { formatProfile, peakBytes } from "./print/profile.ts";
import { bracketsNote, formatEffective, formatScores } from "./print/scores.ts";
import { print } from "./print/print.ts";

/** How results are shown. */
export interface PresentOptions {
  /** folder of the results */
  readonly out: string;
  readonly json?: boolean | undefined;
  /** manifest of the folder before the results were written */
  readonly before: FolderManifest | undefined;
}

/**
 * Draws the results of a plan and prints its tables.
 *
 * @throws UsageError for figures that the rows cannot show; Unfinished where trials have no row
 */
export async function present(
  { plan, figures: asked, reference }: Pick<PlannedRun, "plan" | "figures" | "reference">,
  outcome: RunOutcome,
  { out, json, before }: PresentOptions,
): Promise<void> {
  const { rows, planned, seconds } = outcome;
  // an unfinished run draws the figures that its rows can show, so that its failures are told
  const names = rows.length === planned ? asked : undefined;
  const figures =
    rows.length === 0 ? [] : await drawFigures(rows, { out, title: plan.question, names, reference });
  if (readManifest(out)?.files?.["data.csv"] !== before?.files?.["data.csv"])
    removePictures(out, figures.map(figureOf));
  if (json) print(JSON.stringify(summaryOf(outcome, { out, figures, reference }), null, 2));
  else {
    const tables = tablesOf(rows, reference);
    for (const table of tables) print(`${formatScores(table)}\n`);
    const note = bracketsNote(tables);
    if (note !== undefined) print(`${note}\n`);
    const effective = effectiveLengths(rows);
    if (effective.some(({ lengths }) => lengths.length > 1)) print(`${formatEffective(effective)}\n`);
    const gaps = meanFieldGaps(rows);
    if (gaps.length > 0) print(`${formatGaps(gaps)}\n`);
    if (outcome.profile) print(`${formatProfile(outcome.profile)}\n`);
    print(`${rows.length} of ${planned} trials in ${out}, ${formatSeconds(seconds)}`);
    for (const figure of figures.filter((path) => path.endsWith(".png"))) print(`  ${figure}`);
  }
  finishedRows(outcome);
}

/** The name of the figure that a file holds. */
const figureOf = (path: string): string => basename(path, extname(path));

/** Tables of scores and of exact answers, then of the scores' differences from the reference. */
const tablesOf = (rows: readonly TrialRow[], reference: string | undefined): ScoreTable[] => [
  ...gradedTables(rows),
  ...(reference === undefined || rows.length === 0 ? [] : differenceTables(rows, reference)),
];

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
