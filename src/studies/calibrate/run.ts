import { join } from "node:path";
import { writeAtomic } from "../../files/files.ts";
import { publishedScores } from "../../files/published.ts";
import { claimFolder } from "../../runs/claim.ts";
import { planOf } from "../../runs/plan.ts";
import type { Watch } from "../../runs/watch.ts";
import { version } from "../../version.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { calibrationFigure } from "./figure.ts";
import { fitReader } from "./fit.ts";
import { keptFit } from "./kept.ts";
import { numericScores, numericTrials } from "./numerics.ts";
import type { NumericTrials } from "./numerics.ts";
import { calibrationResult } from "./result.ts";
import type { CalibrationResult, FitQuestion, HalfScores } from "./result.ts";
import { columnScores } from "./scores.ts";
import type { GivenReader } from "./scores.ts";
import { mostEvaluations } from "./search.ts";
import { columnsTable } from "./tables.ts";
import { chooseTargets, defaultReadings, targetsOf } from "./target.ts";
import type { ColumnRole, HalfTargets } from "./target.ts";

const name = "calibrate";
const question =
  "Which reader has the scores of a model, and what does it do on columns it was not fitted to?";

export interface CalibrateOptions {
  readonly variant: string;
  /** model whose published scores are fitted */
  readonly model: string;
  /** columns to fit; default: `defaultFit` */
  readonly fit?: readonly string[] | undefined;
  /** columns to report beside them; default: all others */
  readonly leftOut?: readonly string[] | undefined;
  /** task specs that set how benchmarks are read, after `defaultReadings` */
  readonly task?: readonly string[] | undefined;
  readonly starts: number;
  /** mean-field trials of each column */
  readonly trials: number;
  /** true: full numerics confirm the fit */
  readonly confirm: boolean;
  /** trials of each column with full numerics */
  readonly confirmTrials: number;
  /** most tokens of a column's trials; three trials always run */
  readonly confirmTokens: number;
  readonly seed: number;
  readonly engine: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  /** folder of the results */
  readonly out: string;
  /** overwrite results of another question, and edited results */
  readonly force?: boolean | undefined;
  /** reader parameters that are given and not fitted */
  readonly reader: GivenReader;
}

/**
 * Fits a reader to a model's published scores, confirms it with full numerics, and writes the results.
 *
 * @throws UsageError for an unknown model, column or task, and when nothing is left to fit; Unfinished when numeric
 *   trials are missing
 */
export async function runCalibrate(
  options: CalibrateOptions,
  watch: Watch,
): Promise<Study<CalibrationResult>> {
  const { variant, model, starts, trials, seed, out } = options;
  const tasks = [...defaultReadings, ...(options.task ?? [])];
  const targets = chosenTargets(options, tasks);
  const asked: FitQuestion = { version, variant, model, tasks, seed, starts, given: options.reader };
  const { fit: columns, leftOut, engine } = options;
  const config = { ...asked, fit: columns, leftOut, trials, engine };
  claimFolder(out, { name, config, force: options.force });
  const path = join(out, "calibration.json");
  const fit =
    keptFit(path, asked, trials, targets) ??
    watch.steps(mostEvaluations(options), "evaluations of all columns, at most", (onEvaluation) =>
      fitReader({ variant, reader: options.reader, trials, seed, starts, onEvaluation }, targets),
    );
  const resultWith = (numerics: HalfScores | undefined): CalibrationResult => {
    const counts = { meanField: trials, numerics: numerics ? options.confirmTrials : 0 };
    const result = calibrationResult(asked, fit, targets, { trials: counts, numerics });
    writeAtomic(path, `${JSON.stringify(result, null, 2)}\n`);
    return result;
  };
  // written before the numerics, which take far longer than the fit
  const fitted = resultWith(undefined);
  const result = options.confirm
    ? resultWith(await confirmed({ ...options, reader: fit.reader }, targets, watch))
    : fitted;
  const results = {
    name,
    question,
    tables: [columnsTable(result.columns)],
    figures: { [name]: calibrationFigure(result, targets) },
    manifest: { config, trials: result.trials },
  };
  return finishStudy(result, results, out);
}

function chosenTargets({ model, fit, leftOut }: CalibrateOptions, tasks: readonly string[]): HalfTargets {
  const all = targetsOf(publishedScores(), model, tasks);
  const fitted = chooseTargets(all, fit);
  const others = leftOut === undefined ? all : chooseTargets(all, leftOut);
  return { fitted, "left out": others.filter((target) => !fitted.includes(target)) };
}

/** Scores of the reader with full numerics. */
async function confirmed(
  { variant, reader, seed, engine, workers, threads, out, ...options }: CalibrateOptions,
  targets: HalfTargets,
  watch: Watch,
): Promise<HalfScores> {
  const own: NumericTrials = {
    variant,
    reader,
    trials: options.confirmTrials,
    mostTokens: options.confirmTokens,
    seed,
    engine,
  };
  const plan = planOf(name, question, numericTrials([own], [...targets.fitted, ...targets["left out"]]));
  const config = { variant, reader, engine };
  // the folder is this study's, whatever was fitted before
  const rows = await watch.trials(plan, {
    out: join(out, "numerics"),
    workers,
    threads,
    config,
    force: true,
  });
  const half = (role: ColumnRole) =>
    columnScores(numericScores(rows, own, targets[role]), targets[role], `${engine}/${role}`);
  return { fitted: half("fitted"), "left out": half("left out") };
}
