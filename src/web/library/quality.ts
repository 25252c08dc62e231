import { parseSpec } from "../../attention/spec.ts";
import { ImpossibleError } from "../../core/errors.ts";
import { distinct } from "../../core/group.ts";
import { formatLength, parseLength } from "../../core/length.ts";
import { formatMean } from "../../core/units.ts";
import { accuracy } from "../../figures/accuracy.ts";
import { curves, scoreMeasure } from "../../figures/aggregate.ts";
import { formatCsv } from "../../files/csv-text.ts";
import { checkMeanFieldProblem, requireMeanField } from "../../reader/mean-field/read.ts";
import { parseTask } from "../../tasks/spec.ts";
import { columns } from "../../trial/columns.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { streamsOf, useOf } from "../../trial/settle.ts";
import type { QualityAnswer, QualityQuestion, ShownTable } from "../questions.ts";
import { commandLine, readerOptions } from "./command.ts";
import { draw } from "./draw.ts";
import { withMeasured } from "./measured-points.ts";
import { noted } from "./noted.ts";
import { workOut } from "./pool.ts";
import type { TrialJob } from "./pool.ts";
import { published } from "./published.ts";

/** Lengths of the curves. */
const lengths = ["4K", "8K", "16K", "32K", "64K", "128K", "256K", "512K", "1M"];

/** Milliseconds of work after which the curves so far are shown: those of few trials soon, better ones later. */
const showAfter = [250, 500];

/**
 * Curves of accuracy in the mean field. They are shown as soon as every variant has one, and again while trials are added,
 * so that they move with a slider.
 *
 * @param clock tells the time in milliseconds
 * @yields undefined where there is nothing new to show
 */
export async function* quality(
  question: QualityQuestion,
  clock: () => number,
): AsyncGenerator<QualityAnswer | undefined> {
  const { task, variants, reader, trials, seed, measured } = question;
  const errors: Record<string, string> = {};
  const wanted = distinct(variants).filter((variant) => noted(errors, variant, () => parseSpec(variant)));
  if (!noted(errors, task, () => parseTask(task)) || wanted.length === 0) {
    yield { errors, trials: 0, csv: "", command: commandOf(question, wanted, lengths) };
    return;
  }
  const drawn = wanted.filter((variant) =>
    noted(errors, variant, () => requireMeanField(task, useOf({ variant, reader }))),
  );
  const had = drawn.length === 0 ? [] : lengthsOf(question);
  const command = commandOf(question, drawn, had);
  const found: TrialRow[] = [];
  /** The order of a run: by length, problem and variant. */
  const byPlace = (a: TrialRow, b: TrialRow): number =>
    a.tokensNominal - b.tokensNominal ||
    a.trial! - b.trial! ||
    drawn.indexOf(a.variant) - drawn.indexOf(b.variant);
  const answer = async (done: number): Promise<QualityAnswer> => {
    // more come while the figure is drawn
    const rows = [...found].sort(byPlace);
    if (rows.length === 0) return { errors, trials: 0, csv: "", command };
    const spec = accuracy.spec(rows, { title: "Accuracy against context length", published });
    const figure = await draw("accuracy", withMeasured(spec, measured as readonly TrialRow[]), question.look);
    return {
      figure,
      table: tableOf(rows),
      ...(measured.length > 0 && { measuredTable: tableOf(measured as readonly TrialRow[]) }),
      errors,
      trials: done,
      csv: done === trials ? formatCsv(columns, rows) : "",
      command,
    };
  };
  const jobsOf = (trial: number): TrialJob[] =>
    drawn.map((variant) => had.map((tokens) => ({ task, variant, tokens, trial, seed, reader })));
  const others = Array.from({ length: Math.max(0, trials - 1) }, (_, i) => jobsOf(i + 1));
  const take = (rows: readonly TrialRow[]): void => void found.push(...rows);
  const [first, rest] = [workOut(jobsOf(0), take), workOut(others.flat(), take)];
  let [shownAt, shown] = [clock(), 0];
  try {
    for (const work of [first, rest]) {
      for (const nothing of work) {
        yield nothing;
        if (clock() - shownAt < showAfter[Math.min(shown, showAfter.length - 1)]!) continue;
        yield await answer(Math.floor(found.length / (had.length * drawn.length)));
        [shownAt, shown] = [clock(), shown + 1];
      }
      // every variant has a curve
      if (shown > 0 || found.length === 0 || trials === 1) continue;
      // the helper has the other trials while the curves are drawn; the curve of one variant is there sooner without it
      if (drawn.length > 1) rest.next();
      yield await answer(1);
      [shownAt, shown] = [clock(), 1];
    }
  } finally {
    rest.return();
  }
  yield await answer(trials);
}

/** Lengths that each task can have, once they are known. */
const possible = new Map<string, readonly string[]>();

/** Lengths of the curves that the task can have. */
function lengthsOf({ task, seed }: QualityQuestion): readonly string[] {
  const known =
    possible.get(task) ??
    lengths.filter((text) => {
      try {
        const tokens = parseLength(text, parseTask(task).task.lengths);
        checkMeanFieldProblem({ task, tokens, seed: streamsOf({ task, tokens, seed, trial: 0 }) });
        return true;
      } catch (error) {
        if (error instanceof ImpossibleError) return false;
        throw error;
      }
    });
  possible.set(task, known);
  return known;
}

/** The command line that makes the same rows. */
const commandOf = (
  { task, reader, trials, seed }: QualityQuestion,
  variants: readonly string[],
  tokens: readonly string[],
): string =>
  commandLine(
    ["run"],
    [
      ["mode", "mean-field"],
      ["task", task],
      ["variant", variants.join(",")],
      ["tokens", tokens.join(",")],
      ["trials", trials],
      ["seed", seed === 0 ? undefined : seed],
      ...readerOptions(reader),
    ],
  );

/** Mean scores with their intervals: a line a variant, a column a length. */
function tableOf(rows: readonly TrialRow[]): ShownTable {
  const points = curves(rows, scoreMeasure);
  const tokens = distinct(points.map((point) => point.tokens));
  const series = distinct(points.map((point) => point.series));
  return {
    titles: ["variant", ...tokens.map(formatLength)],
    rows: series.map((name) => [
      name,
      ...tokens.map((length) => {
        const point = points.find((each) => each.series === name && each.tokens === length);
        return point === undefined ? "" : formatMean(point);
      }),
    ]),
  };
}
