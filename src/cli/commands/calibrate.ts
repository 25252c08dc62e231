import type { Command } from "@commander-js/extra-typings";
import { join } from "node:path";
import { keptFit } from "../../studies/calibrate/kept.ts";
import { numericPlan, numericScores } from "../../studies/calibrate/numerics.ts";
import type { NumericDrawing } from "../../studies/calibrate/numerics.ts";
import {
  calibrationFigure,
  columnReports,
  errorsOf,
  reportColumns,
  reportRows,
  roles,
} from "../../studies/calibrate/report.ts";
import type { CalibrationReport, FitQuestion, Halves, HalfTargets } from "../../studies/calibrate/report.ts";
import { writeAtomic } from "../../files/files.ts";
import { writeTables } from "../../runs/tables.ts";
import { publishedScores } from "../../files/published.ts";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { calibrate, columnScores } from "../../studies/calibrate/calibrate.ts";
import type { Calibration } from "../../studies/calibrate/calibrate.ts";
import { freeParams, mostEvaluations } from "../../studies/calibrate/fit.ts";
import { chooseTargets, defaultFit, defaultReadings, targetsOf } from "../../studies/calibrate/target.ts";
import type { Estimate } from "../../studies/calibrate/sample.ts";
import { version } from "../../version.ts";
import { watch } from "../print/watch.ts";
import { append, collect, givenReader, integer, tokenCount, withReaderOptions } from "../options/values.ts";
import { startProgress } from "../print/progress.ts";
import { formatTable } from "../print/table.ts";

const name = "calibrate";
const question =
  "Which reader has the scores of a model, and what does it do on columns it was not fitted to?";

const help = `
Columns are named as data/published-scores.csv has them: mrcr-v2-8needle:32K-64K, or mrcr-v2-8needle for all of it.
Fitted are ${Object.keys(freeParams).join(", ")}, but for those that are given.
Numerics resume where they were when the same is run again, without another fit.`;

/** What the options are read as. */
interface Asked {
  readonly variant: string;
  readonly model: string;
  readonly fit?: string[] | undefined;
  readonly leftOut?: string[] | undefined;
  readonly task?: string[] | undefined;
  readonly starts: number;
  readonly trials: number;
  readonly confirm?: boolean | undefined;
  readonly confirmTrials: number;
  readonly confirmTokens: number;
  readonly seed: number;
  readonly engine: string;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly out: string;
  /** the reader's parameters that are given */
  readonly reader: Partial<ReaderParams>;
}

/** `attnsim calibrate`: a reader fitted to published scores. */
export default function calibrateCommand(command: Command): void {
  const asking = command
    .option("--variant <spec>", "attention variant of the reader", "dense")
    .option("--model <name>", "whose published scores it is fitted to", "GPT-5.4")
    .option(
      "--fit <column>",
      `published column to fit; more with commas or again (default: ${defaultFit.join(", ")})`,
      collect,
    )
    .option(
      "--left-out <column>",
      "published column to report beside those that are fitted; all others when absent",
      collect,
    )
    .option(
      "--task <spec>",
      `how a benchmark is read; again for more (default: ${defaultReadings.join(", ")})`,
      append,
    )
    .option("--starts <n>", "simplexes, each from a start of its own", integer(1), 4)
    .option("--trials <n>", "trials of each column in the mean field", integer(2), 100)
    .option("--confirm", "run full numerics at the fitted point (the default)")
    .option("--no-confirm", "leave them out")
    .option("--confirm-trials <n>", "trials of each column with full numerics", integer(1), 20)
    .option(
      "--confirm-tokens <tokens>",
      "tokens of all those trials at most; three trials are run whatever their length",
      tokenCount,
      8_388_608,
    )
    .option("--seed <n>", "seed of starts and trials", integer(0), 0)
    .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
    .option(
      "--workers <n>",
      "trials run side by side; as many as cores and memory allow when absent",
      integer(1),
    )
    .option("--threads <n>", "kernel threads of a worker; the cores left when absent", integer(1))
    .option("--out <folder>", "folder of the results", `results/local/${name}`)
    .option("--json", "print the answer as JSON");
  withReaderOptions(asking)
    .addHelpText("after", help)
    .action(async (options) => {
      const report = await run({ ...options, reader: givenReader(options) });
      console.log(options.json ? JSON.stringify(report, null, 2) : layOut(report));
    });
}

async function run(asked: Asked): Promise<CalibrationReport> {
  const { variant, model, starts, trials, confirm = true, seed, out } = asked;
  const tasks = [...defaultReadings, ...(asked.task ?? [])];
  const all = targetsOf(publishedScores(), model, tasks);
  const fitted = chooseTargets(all, asked.fit);
  const others = asked.leftOut === undefined ? all : chooseTargets(all, asked.leftOut);
  const targets: HalfTargets = { fitted, "left out": others.filter((target) => !fitted.includes(target)) };
  const fitQuestion: FitQuestion = { version, variant, model, tasks, seed, starts, given: asked.reader };
  const path = join(out, "calibration.json");
  const found = keptFit(path, fitQuestion, trials, targets) ?? fitWatched(asked, targets);
  const theory: Halves = { fitted: found.fitted, "left out": found.leftOut };
  const reportWith = (numerics: Halves | undefined): CalibrationReport => ({
    ...fitQuestion,
    trials: { theory: trials, numerics: numerics ? asked.confirmTrials : 0 },
    ...{ reader: found.reader, fit: found.fit },
    columns: columnReports(targets, theory, numerics),
    error: errorsOf(theory, numerics),
  });
  const write = (answer: CalibrationReport): void =>
    writeAtomic(path, `${JSON.stringify(answer, null, 2)}\n`);
  // before the numerics, which take far longer than the fit
  write(reportWith(undefined));
  const report = reportWith(
    confirm ? await confirmed({ ...asked, reader: found.reader }, targets) : undefined,
  );
  write(report);
  await writeTables(out, {
    ...{ name, question },
    tables: [
      {
        name: "columns",
        title: "one row a published column",
        columns: reportColumns,
        rows: reportRows(report.columns),
        primaryKey: ["benchmark", "column"],
      },
    ],
    figures: { [name]: calibrationFigure(report, report.columns, targets) },
    manifest: { variant, model, tasks, seed, starts, trials: report.trials, engine: asked.engine },
  });
  return report;
}

/** Fits with a progress bar. */
function fitWatched(asked: Asked, targets: HalfTargets): Calibration {
  const steps = mostEvaluations(asked);
  const progress = startProgress(steps, steps, "evaluations of all columns, at most");
  const onEvaluation = (): void => progress.advance(1);
  try {
    return calibrate({ ...asked, onEvaluation }, targets.fitted, targets["left out"]);
  } finally {
    progress.stop();
  }
}

/** Full numerics at the fitted point. @throws Interrupted, Error where trials are missing */
async function confirmed(
  { variant, reader, seed, engine, workers, threads, out, ...asked }: Asked,
  targets: HalfTargets,
): Promise<Halves> {
  const [trials, mostTokens] = [asked.confirmTrials, asked.confirmTokens];
  const drawing: NumericDrawing = { variant, reader, trials, mostTokens, seed, engine };
  const plan = numericPlan(name, question, [drawing], [...targets.fitted, ...targets["left out"]]);
  const config = { variant, reader, engine };
  const rows = await watch.trials(plan, { out: join(out, "numerics"), workers, threads, config });
  const half = (role: (typeof roles)[number]) =>
    columnScores(numericScores(rows, drawing, targets[role]), targets[role], `${engine}/${role}`);
  return { fitted: half("fitted"), "left out": half("left out") };
}

/** A share in points with its interval. */
const points = (estimate: Estimate | null): string | null =>
  estimate &&
  `${(100 * estimate.value).toFixed(1)} [${(100 * estimate.low).toFixed(1)} ${(100 * estimate.high).toFixed(1)}]`;

function layOut({ variant, model, fit, columns, error, trials }: CalibrationReport): string {
  const parameters = formatTable(
    ["parameter", "fitted", "95% interval"],
    fit.params.map(({ name: param, low, high }) => [
      param,
      fit.point[param]!,
      `${low.toPrecision(4)} to ${high.toPrecision(4)}`,
    ]),
  );
  const miss = (estimate: Estimate | null, published: number): string | null =>
    estimate && (100 * (estimate.value - published)).toFixed(1);
  const tables = roles
    .filter((role) => columns.some((row) => row.role === role))
    .map((role) =>
      formatTable(
        [role, "published", "mean field", "error", "numerics", "error", "trials"],
        [
          ...columns
            .filter((row) => row.role === role)
            .map(({ benchmark, column, published, theory, numerics, trials: own }) => [
              ...[`${benchmark}:${column}`, (100 * published).toFixed(1)],
              ...[points(theory), miss(theory, published), points(numerics), miss(numerics, published)],
              own > 0 ? own : null,
            ]),
          ["mean absolute error", null, points(error[role].theory), null, points(error[role].numerics), null],
        ],
      ),
    );
  return [
    `${variant}, fitted to ${model} by its published scores, in points; ${trials.theory} trials a column in the mean field, ${trials.numerics} or fewer with full numerics`,
    ...[parameters, ...tables].map((table) => `\n${table}`),
    "",
    "an existence argument: it says nothing about how the model is made",
  ].join("\n");
}
