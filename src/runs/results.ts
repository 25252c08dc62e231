import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";
import { processorName } from "../engines/machine.ts";
import { distinct } from "../core/group.ts";
import { columns } from "../trial/columns.ts";
import type { TrialRow } from "../trial/columns.ts";
import { enginesOf } from "../trial/trial.ts";
import { version } from "../version.ts";
import { formatCsv } from "../files/csv-text.ts";
import { dataPackage } from "./datapackage.ts";
import { writeDescribed } from "./described.ts";
import { summaryColumns, summaryRows } from "./effective.ts";
import { writeAtomic } from "../files/files.ts";
import type { JournalEntry } from "./journal-line.ts";
import { readManifest } from "./manifest.ts";
import type { RunFacts } from "./manifest.ts";
import type { Plan } from "./plan.ts";
import { profileColumns } from "./profile.ts";
import type { ProfileRow } from "./profile.ts";
import { timingColumns, timingRow } from "./timings.ts";

/** A plan whose finished trials are written, with the settings and the runs that made them. */
export interface FinishedRun {
  readonly plan: Plan;
  /** finished trials by id */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** settings of the command line, for the manifest */
  readonly config: object;
  /** runs since the results were last written */
  readonly runs: readonly RunFacts[];
}

/** Writes the finished trials of a plan into `folder`, in the order of the plan. Returns the rows of data.csv. */
export function writeResults(
  folder: string,
  { plan, entries, config, runs: latest }: FinishedRun,
): TrialRow[] {
  const finished = plan.trials.flatMap(({ id }) => entries.get(id) ?? []);
  const rows = finished.map(({ row }) => row);
  const files = {
    "data.csv": formatCsv(columns, rows),
    "timings.csv": formatCsv(timingColumns, finished.map(timingRow)),
    "summary.csv": formatCsv(summaryColumns, summaryRows(rows)),
  };
  const before = readManifest(folder);
  const runs = [
    ...(before?.name === plan.name ? (before.runs ?? []) : []),
    ...latest.filter(({ finished, failed }) => finished + failed > 0),
  ];
  writeDescribed(folder, {
    files,
    dataPackage: dataPackage(plan.name, plan.question, version),
    facts: manifest(plan, finished, config, runs),
  });
  return rows;
}

/** Writes profile.csv: the times of a run's parts. */
export const writeProfile = (folder: string, rows: readonly ProfileRow[]): void =>
  writeAtomic(join(folder, "profile.csv"), formatCsv(profileColumns, rows));

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
