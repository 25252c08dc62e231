import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UsageError } from "../core/errors.ts";
import { formatBytes, formatSeconds, formatShare } from "../core/units.ts";
import { drawFigures, findFigure } from "../runs/draw.ts";
import { describeTrial, groupsOf } from "../runs/plan.ts";
import type { Plan } from "../runs/plan.ts";
import { runPlan } from "../runs/run.ts";
import type { Outcome } from "../runs/run.ts";
import { formatProfile, peakBytes } from "./profile.ts";
import { effectiveLengths, effectiveScore } from "../runs/effective.ts";
import type { EffectiveLength } from "../runs/effective.ts";
import { scoreTables } from "../runs/summary.ts";
import { formatLength } from "../core/length.ts";
import type { ScoreTable } from "../runs/summary.ts";
import { theoryGaps } from "../trial/mean-field-gap.ts";
import { Interrupted } from "./exit.ts";
import { startProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { formatGaps } from "./theory-gaps.ts";
import { formatTable } from "./table.ts";

/** How a plan is run: the options that runs and experiments share. */
export interface ExecuteOptions {
  readonly out: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly memoryGb?: number | undefined;
  readonly json?: boolean | undefined;
  /** say where the time goes */
  readonly profile?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** figure kinds; all that the rows can show when absent */
  readonly figures?: readonly string[] | undefined;
  /** what was asked for, for the manifest */
  readonly config: object;
}

/**
 * Runs a plan in sight of a user: progress, Ctrl-C, figures, a summary.
 *
 * @throws UsageError before any work; Interrupted after Ctrl-C; Error where trials failed
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<void> {
  const { out, json } = options;
  if (plan.trials.length === 0) throw new UsageError(`${plan.name} has no trials`);
  options.figures?.forEach(findFigure);
  if (options.dryRun) {
    printPlan(plan, out);
    return;
  }
  const outcome = await runWatched(plan, options);
  const { rows, planned, seconds } = outcome;
  const figures =
    rows.length === 0 ? [] : await drawFigures(rows, { out, title: plan.question, names: options.figures });
  if (json) console.log(JSON.stringify(summaryOf(outcome, out, figures), null, 2));
  else {
    for (const table of scoreTables(rows)) console.log(`${formatScores(table)}\n`);
    const effective = effectiveLengths(rows);
    if (effective.some(({ lengths }) => lengths.length > 1)) console.log(`${formatEffective(effective)}\n`);
    const gaps = theoryGaps(rows);
    if (gaps.length > 0) console.log(`${formatGaps(gaps)}\n`);
    if (outcome.profile) console.log(`${formatProfile(outcome.profile)}\n`);
    console.log(`${rows.length} of ${planned} trials in ${out}, ${formatSeconds(seconds)}`);
    for (const figure of figures.filter((path) => path.endsWith(".png"))) console.log(`  ${figure}`);
  }
  refuseUnfinished(outcome);
}

/** @throws Interrupted after Ctrl-C; Error where trials failed, each of which is named on stderr */
export function refuseUnfinished({ rows, planned, failures, interrupted }: Outcome): void {
  for (const { trial, reason } of failures) console.error(`failed: ${describeTrial(trial)}: ${reason}`);
  const missing = planned - rows.length;
  if (interrupted)
    throw new Interrupted(
      `interrupted: ${rows.length} of ${planned} trials are kept; run the same again to resume`,
    );
  if (failures.length > 0)
    throw new Error(`${missing} of ${planned} trials have no result; run the same again to try only those`);
}

/** Runs a plan with progress; Ctrl-C ends it early, and what is finished is kept. */
export async function runWatched(
  plan: Plan,
  options: Pick<ExecuteOptions, "out" | "workers" | "threads" | "memoryGb" | "profile" | "config">,
): Promise<Outcome> {
  const abort = new AbortController();
  let asked = 0;
  // one Ctrl-C may arrive twice, from the terminal and from a parent that passes it on; a later one is impatience
  const interrupt = (): void => {
    if (abort.signal.aborted && performance.now() - asked > 1000) process.exit(130);
    if (!abort.signal.aborted) asked = performance.now();
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let progress: Progress | undefined;
  try {
    return await runPlan(plan, {
      ...options,
      memoryBytes: options.memoryGb === undefined ? undefined : options.memoryGb * 1e9,
      signal: abort.signal,
      onStart(missing, { workers, threads }) {
        const kept = plan.trials.length - missing.length;
        console.error(
          `${plan.name}: ${missing.length} trials to run${kept > 0 ? `, ${kept} kept from before` : ""}; ` +
            `workers ${workers}, threads ${threads}`,
        );
        const work = missing.reduce((sum, { trial }) => sum + trial.tokens, 0);
        if (missing.length > 0) progress = startProgress(missing.length, work);
      },
      onTrial: ({ tokens }) => progress?.advance(tokens),
    });
  } finally {
    progress?.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function printPlan(plan: Plan, out: string): void {
  for (const { id, trial } of plan.trials)
    console.log(`${id}  ${describeTrial(trial)}${trial.fitted === undefined ? "" : ` -> ${trial.fitted}`}`);
  const largest = Math.max(...groupsOf(plan.trials).map(({ bytes }) => bytes));
  console.log(`${plan.trials.length} trials for ${out}; the largest takes ${formatBytes(largest)} of memory`);
}

const formatScores = ({ panel, columns, lines }: ScoreTable): string =>
  formatTable(
    [panel, ...columns],
    lines.map(({ series, cells }) => [
      series,
      ...cells.map((cell) =>
        cell === undefined
          ? null
          : cell.trials === 1
            ? formatShare(cell.mean)
            : `${formatShare(cell.mean)} [${formatShare(cell.low)} ${formatShare(cell.high)}]`,
      ),
    ]),
  );

/** Mean scores over all tasks, and RULER's effective length. */
function formatEffective(all: readonly EffectiveLength[]): string {
  const { tasks } = all[0]!;
  const lengths = [...new Set(all.flatMap((one) => one.lengths.map(({ tokens }) => tokens)))].sort(
    (a, b) => a - b,
  );
  return formatTable(
    [
      tasks === 1 ? "one task" : `mean of ${tasks} tasks`,
      ...lengths.map(formatLength),
      `effective (>= ${effectiveScore})`,
    ],
    all.map(({ series, budget, lengths: own, effective }) => [
      budget === "" ? series : `${series}, ${budget}`,
      ...lengths.map((tokens) => {
        const found = own.find((length) => length.tokens === tokens);
        return found === undefined ? null : formatShare(found.score);
      }),
      effective === undefined ? "-" : formatLength(effective),
    ]),
  );
}

const summaryOf = (
  { rows, planned, failures, interrupted, seconds, profile }: Outcome,
  out: string,
  figures: readonly string[],
): object => ({
  out,
  data: join(out, "data.csv"),
  figures,
  trials: { planned, finished: rows.length, failed: failures.length },
  interrupted,
  seconds,
  ...(profile && { profile: { peakBytes: peakBytes(), parts: profile } }),
  effective: effectiveLengths(rows),
  scores: scoreTables(rows).flatMap(({ columns, lines }) =>
    lines.flatMap(({ cells }) =>
      cells.flatMap((cell, c) => (cell === undefined ? [] : [{ column: columns[c], ...cell }])),
    ),
  ),
});
