import { join } from "node:path";
import { existsSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";
import { bytesReadOf, curves, exactMeasure, measured, scoreMeasure } from "../../figures/aggregate.ts";
import type { RowMeasure } from "../../figures/aggregate.ts";
import { readTrialRows } from "../../files/csv.ts";
import { readManifest } from "../manifest.ts";
import type { FolderManifest } from "../manifest.ts";
import { cutTo, keyNamer } from "./keys.ts";
import { limits } from "./limits.ts";
import type { LogBatch, KeyValue, Metric } from "./limits.ts";

/** A folder of results as a run of MLflow. */
export interface ExportedRun extends LogBatch {
  readonly name: string;
  /** Unix times, ms */
  readonly started: number;
  readonly ended: number;
  /** files of the folder that belong to the run */
  readonly artifacts: readonly string[];
}

/** Measures whose means a run has, by the first part of their keys. */
const measures: Readonly<Record<string, RowMeasure>> = {
  score: scoreMeasure,
  exact: exactMeasure,
  recall: measured(({ recall }) => recall),
  goldMass: measured(({ goldMass }) => goldMass),
  tokensRead: measured(({ tokensRead }) => tokensRead),
  bytesRead: measured(bytesReadOf),
};

/**
 * Reads a folder of trials as a run: its settings are parameters; its metrics are means by task and variant, with the
 * context length as their step, and the interval of each score.
 *
 * @throws UsageError for a folder without a manifest or data.csv, and rows that cannot be read
 */
export function exportedRun(folder: string): ExportedRun {
  const manifest = readManifest(folder);
  if (manifest?.name === undefined || manifest.runs?.[0] === undefined)
    throw new UsageError(`${folder} has no manifest.json of trials; export takes a folder of results of run`);
  const rows = readTrialRows(join(folder, "data.csv"));
  const [first, last] = [manifest.runs[0], manifest.runs.at(-1)!];
  const started = Date.parse(first.started);
  if (!Number.isFinite(started) || !Number.isFinite(Date.parse(last.started)))
    throw new UsageError(`${folder}/manifest.json: a run's "started" must be a date; got "${first.started}"`);
  const ended = Math.round(Date.parse(last.started) + 1000 * last.seconds);
  const named = keyNamer();
  const metrics = Object.entries(measures).flatMap(([measure, of]) =>
    curves(rows, of, rows).flatMap(({ panel, series, tokens, mean, low, high, kind }): Metric[] => {
      const at = (name: string, value: number): Metric => ({
        key: named(name, panel, series),
        value,
        timestamp: ended,
        step: tokens,
      });
      const ends = measure === "score" && kind !== "range";
      return [at(measure, mean), ...(ends ? [at("scoreLow", low), at("scoreHigh", high)] : [])];
    }),
  );
  const files = ["manifest.json", "datapackage.json", ...Object.keys(manifest.files ?? {})];
  const artifacts = files.filter((file) => existsSync(join(folder, file)));
  return {
    name: manifest.name,
    started,
    ended,
    metrics,
    params: paramsOf(manifest as FolderManifest & Record<string, unknown>),
    tags: tagsOf(manifest, artifacts),
    artifacts,
  };
}

/** Settings of a run as parameters: objects by the path of their keys, other values as texts. */
function paramsOf({ config = {}, ...facts }: FolderManifest & Record<string, unknown>): KeyValue[] {
  const named = keyNamer();
  const flat = (path: readonly string[], value: unknown): KeyValue[] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => flat([...path, key], inner))
      : [{ key: named(...path), value: cutTo(limits.paramValue, textOf(value)) }];
  const { seeds, modes, engines, versions, trials } = facts;
  return [...flat([], config), ...flat([], { seeds, modes, engines, versions, trials })];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const tagsOf = ({ question = "", files = {} }: FolderManifest, artifacts: readonly string[]): KeyValue[] =>
  [
    // MLflow's page shows this tag as the run's description
    { key: "mlflow.note.content", value: question },
    { key: "attnsim.artifacts", value: artifacts.join(" ") },
    { key: "attnsim.data", value: files["data.csv"] ?? "" },
  ].map(({ key, value }) => ({ key, value: cutTo(limits.tagValue, value) }));
