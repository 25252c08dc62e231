import { existsSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";
import { processorName } from "../engines/machine.ts";
import { distinct } from "../core/group.ts";
import { columns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import { enginesOf } from "../trial/trial.ts";
import { version } from "../version.ts";
import { formatCsv } from "../files/csv.ts";
import { dataPackage } from "./datapackage.ts";
import { summaryColumns, summaryRows } from "./effective.ts";
import { readText, writeAtomic } from "../files/files.ts";
import type { JournalEntry } from "./journal.ts";
import type { Plan } from "./plan.ts";
import { profileColumns } from "./profile.ts";
import type { ProfileRow } from "./profile.ts";
import { timingColumns, timingRow } from "./timings.ts";

/** One run into a folder, as the manifest keeps it. */
export interface RunFacts {
  readonly started: string;
  /** wall time */
  readonly seconds: number;
  readonly workers: number;
  readonly threads: number;
  /** trials that the run finished */
  readonly finished: number;
  /** groups of trials that failed */
  readonly failed: number;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** A plan whose finished trials are written, with the settings and the run that made them. */
export interface FinishedRun {
  readonly plan: Plan;
  /** finished trials by id */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** settings of the command line, for the manifest */
  readonly config: object;
  readonly run: RunFacts;
}

/** Writes the finished trials of a plan into `folder`, in the order of the plan. Returns the rows of data.csv. */
export function writeResults(folder: string, { plan, entries, config, run }: FinishedRun): TrialRow[] {
  const finished = plan.trials.flatMap(({ id }) => entries.get(id) ?? []);
  const rows = finished.map(({ row }) => row);
  writeAtomic(join(folder, "data.csv"), formatCsv(columns, rows));
  writeAtomic(join(folder, "timings.csv"), formatCsv(timingColumns, finished.map(timingRow)));
  writeAtomic(join(folder, "summary.csv"), formatCsv(summaryColumns, summaryRows(rows)));
  writeAtomic(join(folder, "datapackage.json"), json(dataPackage(plan.name, plan.question, version)));
  const before = readManifest(folder);
  const runs = [
    ...(before?.name === plan.name ? (before.runs ?? []) : []),
    ...(run.finished + run.failed > 0 ? [run] : []),
  ];
  writeAtomic(join(folder, "manifest.json"), json(manifest(plan, finished, config, runs)));
  return rows;
}

/** Writes profile.csv: the times of a run's parts. */
export const writeProfile = (folder: string, rows: readonly ProfileRow[]): void =>
  writeAtomic(join(folder, "profile.csv"), formatCsv(profileColumns, rows));

/** The manifest of a folder, with the runs so far; undefined if there is none that can be read. */
export function readManifest(
  folder: string,
): { readonly name?: string; readonly question?: string; readonly runs?: readonly RunFacts[] } | undefined {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readText(path)) as ReturnType<typeof readManifest>;
  } catch {
    return undefined;
  }
}

/** Facts about this machine, for a manifest. */
export const hostFacts = (): object => ({
  platform: `${platform()} ${arch()}`,
  processor: processorName(),
  cores: cpus().length,
  memoryBytes: totalmem(),
});

const manifest = (
  plan: Plan,
  finished: readonly JournalEntry[],
  config: object,
  runs: readonly RunFacts[],
): object => ({
  name: plan.name,
  question: plan.question,
  config,
  seeds: distinct(plan.trials.map(({ trial }) => trial.seed)),
  modes: distinct(plan.trials.map(({ trial }) => trial.mode)),
  engines: enginesOf(plan.trials.map(({ trial }) => trial)),
  versions: { attnsim: version, node: process.versions.node },
  host: hostFacts(),
  trials: { planned: plan.trials.length, finished: finished.length },
  trialSeconds: finished.reduce((sum, { seconds }) => sum + seconds, 0),
  runs,
});
