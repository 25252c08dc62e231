import { groupBy } from "../../core/group.ts";
import { kendall, spearman } from "../../core/rank-correlation.ts";
import { mean } from "../../core/stats.ts";
import type { ExpressedScore } from "./express.ts";

/** A measured row beside its prediction; scores from 0 to 1. */
export interface ComparedScore extends ExpressedScore {
  /** the prediction: dense attention's measured score times the share of dense attention's score that the variant has */
  readonly predicted: number;
  /** score of each trial, and of dense attention on the same problems, by task */
  readonly trials: readonly TaskScores[];
}

/** Scores of a task's trials. */
export interface TaskScores {
  /** task spec */
  readonly task: string;
  readonly variant: readonly number[];
  readonly dense: readonly number[];
}

/**
 * The prediction from trials: means of the tasks' shares of dense attention, times its measured score. Where dense
 * attention finds nothing here, no loss is known, and the prediction is its measured score.
 */
export function predict(trials: readonly Omit<TaskScores, "task">[], dense: number | null): number {
  const [own, reference] = [
    mean(trials.map((task) => mean(task.variant))),
    mean(trials.map((task) => mean(task.dense))),
  ];
  if (dense === null) return own;
  return reference === 0 ? dense : Math.min(1, (dense * own) / reference);
}

/** Rows of one method at one budget, model and length: what a reader of a table calls a setting. */
export interface SettingScore {
  readonly source: string;
  readonly model: string;
  readonly method: string;
  readonly budget: string;
  readonly queryAware: boolean;
  readonly tokens: number;
  /** means over the setting's rows */
  readonly measured: number;
  readonly predicted: number;
  readonly dense: number | null;
  readonly cells: readonly ComparedScore[];
}

const settingKey = ({ measured: m, tokens }: ComparedScore): string =>
  JSON.stringify([m.source, m.model, m.method, m.budget, m.queryAware, tokens, m.task === "ruler-avg"]);

/** Settings of compared rows, in their order. */
export const settingsOf = (rows: readonly ComparedScore[]): SettingScore[] =>
  [...groupBy(rows, settingKey).values()].map((cells) => {
    const { measured, tokens } = cells[0]!;
    const { source, model, method, budget, queryAware } = measured;
    const denses = cells.flatMap(({ measured: { dense } }) => (dense === null ? [] : [dense]));
    return {
      source,
      model,
      method,
      budget,
      queryAware,
      tokens,
      measured: mean(cells.map((cell) => cell.measured.score)),
      predicted: mean(cells.map((cell) => cell.predicted)),
      dense: denses.length === cells.length ? mean(denses) : null,
      cells,
    };
  });

/** Errors and rank correlations of a set of settings. */
export interface AgreementFigures {
  readonly cells: number;
  readonly settings: number;
  /** mean absolute error of a cell, and of a setting, 0 to 1 */
  readonly cellError: number;
  readonly settingError: number;
  /** mean error of a setting with its sign: predicted less measured */
  readonly bias: number;
  /** over settings; null where they do not differ */
  readonly spearman: number | null;
  readonly kendall: number | null;
}

export function figuresOf(settings: readonly SettingScore[]): AgreementFigures {
  const cells = settings.flatMap((setting) => setting.cells);
  const [predicted, measured] = [settings.map((s) => s.predicted), settings.map((s) => s.measured)];
  return {
    cells: cells.length,
    settings: settings.length,
    cellError: mean(cells.map((cell) => Math.abs(cell.predicted - cell.measured.score))),
    settingError: mean(settings.map((s) => Math.abs(s.predicted - s.measured))),
    bias: mean(settings.map((s) => s.predicted - s.measured)),
    spearman: spearman(predicted, measured),
    kendall: kendall(predicted, measured),
  };
}

/** Problems of each task in words: `10 problems a task`. */
export const problemsInWords = (trials: number): string =>
  `${trials} ${trials === 1 ? "problem" : "problems"} a task`;
