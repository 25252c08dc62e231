import { Random } from "../../core/random.ts";
import { percentileInterval } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import { figuresOf, predict } from "./compare.ts";
import type { AgreementFigures, ComparedScore, SettingScore, TaskScores } from "./compare.ts";
import { mean } from "../../core/stats.ts";

const resamples = 1000;

/** 95% intervals of the figures of a set of settings. */
export type AgreementIntervals = Readonly<
  Record<"cellError" | "settingError" | "spearman" | "kendall", Interval>
>;

/**
 * Intervals by drawing again settings, with replacement, and in each of them the trials of its predictions. A task's
 * trials are the same problems for every variant, so that a resample takes the same of them for all.
 */
export function intervalsOf(settings: readonly SettingScore[], seed: string): AgreementIntervals {
  const random = new Random(seed);
  const most = Math.max(
    1,
    ...settings.flatMap(({ cells }) =>
      cells.flatMap(({ trials }) => trials.map(({ dense }) => dense.length)),
    ),
  );
  const drawn: AgreementFigures[] = Array.from({ length: resamples }, () => {
    const picks = Array.from({ length: most }, () => random.below(most));
    const redrawn = Array.from({ length: settings.length }, () => again(random.pick(settings), picks));
    return figuresOf(redrawn);
  });
  const of = (name: keyof AgreementIntervals): Interval =>
    percentileInterval(drawn.map((figures) => figures[name] ?? 0));
  return {
    cellError: of("cellError"),
    settingError: of("settingError"),
    spearman: of("spearman"),
    kendall: of("kendall"),
  };
}

function again(setting: SettingScore, picks: readonly number[]): SettingScore {
  const cells = setting.cells.map((cell): ComparedScore => ({
    ...cell,
    predicted: predict(
      cell.trials.map((task) => redrawnTask(task, picks)),
      cell.measured.dense,
    ),
  }));
  return { ...setting, cells, predicted: mean(cells.map(({ predicted }) => predicted)) };
}

function redrawnTask({ variant, dense }: TaskScores, picks: readonly number[]): TaskScores {
  const own = picks.filter((pick) => pick < variant.length);
  const chosen = own.length === 0 ? [0] : own;
  return { variant: chosen.map((pick) => variant[pick]!), dense: chosen.map((pick) => dense[pick]!) };
}
