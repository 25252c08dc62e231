import { groupBy } from "../../core/group.ts";
import { parseTask } from "../../tasks/spec.ts";
import { planOf } from "../../runs/plan.ts";
import type { Watch } from "../../runs/watch.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import type { Trial } from "../../trial/trial.ts";
import { UsageError } from "../../core/errors.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { baselinesOf } from "./baselines.ts";
import { predict, settingsOf } from "./compare.ts";
import type { ComparedScore, TaskScores } from "./compare.ts";
import { express } from "./express.ts";
import type { ExpressedScore, UnexpressedScore } from "./express.ts";
import { agreementFigure } from "./figure.ts";
import { readMeasured } from "./measured.ts";
import { agreementResult } from "./result.ts";
import type { AgreementResult } from "./result.ts";
import { cellsTable, settingsTable, unexpressedTable } from "./tables.ts";

const name = "agreement";
const question = "Does the simulator predict measured scores of attention methods on real models?";

export interface AgreementOptions {
  /** CSV of measured scores */
  readonly table: string;
  /** problems of each task */
  readonly trials: number;
  readonly seed: number;
  readonly engine: string;
  /** longest context; longer rows are counted as not run */
  readonly most: number;
  /** parts of sources, of models and of methods whose rows are compared; default: all */
  readonly only?: readonly string[] | undefined;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly out: string;
  readonly force?: boolean | undefined;
  /** reader parameters that differ from the defaults */
  readonly reader: Readonly<Record<string, number | string>>;
}

/**
 * Runs every row of a table of measured scores that the simulator can express, and compares.
 *
 * @throws UsageError for an unreadable table and one without a row that can be expressed; Unfinished when trials are
 *   missing
 */
export async function runAgreement(
  { table, out, workers, threads, force, ...options }: AgreementOptions,
  watch: Watch,
): Promise<Study<AgreementResult>> {
  const measured = readMeasured(table).filter((row) => isAsked(row, options.only));
  const put = measured.map((row) => within(express(row), options.most));
  const unexpressed = put.filter((row): row is UnexpressedScore => "reason" in row);
  const expressed = put.filter((row): row is ExpressedScore => !("reason" in row));
  if (expressed.length === 0)
    throw new UsageError(
      `${table}: none of ${measured.length} rows can be run: ${unexpressed[0]?.reason ?? "no row is asked for"}`,
    );
  const trialsOf = trialMaker(options);
  const plan = planOf(
    name,
    question,
    expressed.flatMap(({ tasks, variant, tokens }) =>
      tasks.flatMap((task) => [...trialsOf(task, variant, tokens), ...trialsOf(task, "dense", tokens)]),
    ),
  );
  const config = { table: table.split(/[/\\]/).at(-1), ...options };
  const rows = await watch.trials(plan, { out, workers, threads, force, config });
  const compared = compare(expressed, scoresOf(rows));
  const settings = settingsOf(compared);
  const answer = agreementResult(settings, {
    unexpressed,
    baselines: baselinesOf(readMeasured(table)),
    trials: options.trials,
    reader: options.reader,
  });
  return finishStudy(
    answer,
    {
      name,
      question,
      tables: [cellsTable(compared), settingsTable(settings), unexpressedTable(unexpressed)],
      figures: { [name]: agreementFigure(settings, answer) },
      manifest: { config },
    },
    out,
  );
}

const isAsked = (
  { source, model, method }: { source: string; model: string; method: string },
  only: readonly string[] | undefined,
): boolean =>
  only === undefined ||
  only.some(
    (part) =>
      method === part || [source, model].some((text) => text.toLowerCase().includes(part.toLowerCase())),
  );

const within = (row: ExpressedScore | UnexpressedScore, most: number): ExpressedScore | UnexpressedScore =>
  "tokens" in row && row.tokens > most
    ? { measured: row.measured, reason: `a context of more than ${most} tokens, which was not asked for` }
    : row;

/** Makes the trials of a cell; the same cell's are made once. */
function trialMaker({
  trials,
  seed,
  engine,
  reader,
}: Pick<AgreementOptions, "trials" | "seed" | "engine" | "reader">) {
  const known = new Map<string, Trial[]>();
  return (task: string, variant: string, tokens: number): Trial[] => {
    const key = `${task} ${variant} ${tokens}`;
    const made =
      known.get(key) ??
      Array.from({ length: trials }, (_, trial) =>
        makeTrial({ task, variant, tokens, trial, seed, engine, reader }),
      );
    known.set(key, made);
    return made;
  };
}

/** Scores of a cell's trials, in the order of the problems. */
type ScoresOf = (task: string, variant: string, tokens: number) => readonly number[];

function scoresOf(rows: readonly TrialRow[]): ScoresOf {
  const byCell = groupBy(rows, ({ task, variant, tokensNominal }) => `${task} ${variant} ${tokensNominal}`);
  return (task, variant, tokens) =>
    byCell.get(`${task} ${variant} ${tokens}`)!.map(({ score }) => score ?? 0);
}

const compare = (expressed: readonly ExpressedScore[], scores: ScoresOf): ComparedScore[] =>
  expressed.map((row) => {
    const trials = row.tasks.map((task): TaskScores => ({
      variant: scores(parseTask(task).spec, row.variant, row.tokens),
      dense: scores(parseTask(task).spec, "dense", row.tokens),
    }));
    return { ...row, trials, predicted: predict(trials, row.measured.dense) };
  });
