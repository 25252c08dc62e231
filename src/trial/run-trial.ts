import { loadEngine } from "../engines/registry.ts";
import type { Ops } from "../engines/ops.ts";
import type { TrialRow } from "./columns.ts";
import { makeTrial } from "./make-trial.ts";
import type { TrialOptions } from "./make-trial.ts";
import { meanFieldRow } from "./mean-field.ts";
import { runTrials } from "./run.ts";
import type { NumericTrial } from "./trial.ts";

/** A trial to be run at once, with the engine that computes it. */
export interface RunTrialOptions extends Omit<TrialOptions, "engine"> {
  /**
   * Engine of the numerics: a name, or an engine that `loadEngine` gave. A name is loaded and closed within the call, so
   * pass an engine to run many trials. Default: wasm. In a browser: "reference". The mean field takes none.
   */
  readonly engine?: string | Ops;
  /** threads of an engine that is named; default: all cores */
  readonly threads?: number;
}

/**
 * Makes a problem, lets a variant read it, and gives the row of results: the row that `attnsim run` writes for the same
 * trial, with the same id. Columns and their units are those of `columns`: lengths in tokens, sizes in bytes (B), scores
 * and shares from 0 to 1. A variant that does not fit its budget gets a row without a score.
 *
 * @throws UsageError for an unknown task, variant, parameter, engine or budget, a value out of range, an engine that
 *   cannot be used here, and a task or variant without a mean field where the mode is mean-field
 * @throws RangeError for a context that does not fit in the engine's memory
 */
export async function runTrial({ engine, threads, ...options }: RunTrialOptions): Promise<TrialRow> {
  const engineName = typeof engine === "object" ? engine.name : engine;
  const trial = makeTrial({ ...options, ...(engineName === undefined ? {} : { engine: engineName }) });
  if (trial.mode === "mean-field") return meanFieldRow(trial);
  if (typeof engine === "object") return numericRow(trial, engine);
  const loaded = await loadEngine(trial.engine, threads === undefined ? {} : { threads });
  try {
    return numericRow(trial, loaded);
  } finally {
    loaded.close();
  }
}

function numericRow(trial: NumericTrial, ops: Ops): TrialRow {
  const rows: TrialRow[] = [];
  runTrials([trial], { ops, onRow: (_, row) => rows.push(row) });
  return rows[0]!;
}
