import { groupBy } from "../../core/group.ts";
import { Random } from "../../core/random.ts";
import { mean, percentileInterval } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import { figuresOf, predict } from "./compare.ts";
import type { ComparedScore, SettingScore, TaskScores } from "./compare.ts";

const resamples = 1000;

/** Figures that have intervals. */
const measures = ["cellError", "settingError", "spearman", "kendall"] as const;

/** 95% intervals of the figures of a set of settings. */
export type AgreementIntervals = Readonly<Record<(typeof measures)[number], Interval>>;

/**
 * Intervals by drawing again settings, with replacement, and in each of them the trials of its predictions. A task's
 * trials are the same problems for every variant, so that a resample takes the same of them for all.
 */
export function intervalsOf(settings: readonly SettingScore[], seed: string): AgreementIntervals {
  const drawn = redrawn([settings], { seed, resamples }, ([own]) => figuresOf(own!));
  return intervalsBy((name) => drawn.map((figures) => figures[name] ?? 0));
}

/** Intervals of differences, first less second, of two readers' settings: the same rows in the same order. */
export function differenceIntervals(
  pair: readonly [readonly SettingScore[], readonly SettingScore[]],
  seed: string,
): AgreementIntervals {
  const drawn = redrawn(pair, { seed, resamples }, (lists) => lists.map(figuresOf));
  return intervalsBy((name) => drawn.map(([a, b]) => (a![name] ?? 0) - (b![name] ?? 0)));
}

/** Interval of the mean error a setting by drawing again whole sources; undefined with fewer than three. */
export function sourceInterval(settings: readonly SettingScore[], seed: string): Interval | undefined {
  const sources = [...groupBy(settings, ({ source }) => source).values()];
  if (sources.length < 3) return undefined;
  const random = new Random(`${seed}/sources`);
  const errors = Array.from({ length: resamples }, () =>
    mean(
      Array.from(sources, () => random.pick(sources))
        .flat()
        .map(({ predicted, measured }) => Math.abs(predicted - measured)),
    ),
  );
  return percentileInterval(errors);
}

const intervalsBy = (drawn: (name: (typeof measures)[number]) => number[]): AgreementIntervals =>
  Object.fromEntries(
    measures.map((name) => [name, percentileInterval(drawn(name))]),
  ) as unknown as AgreementIntervals;

/**
 * Values of resamples. A resample draws settings again, with replacement, and problems, the same of every list.
 *
 * @param lists settings of several readers: the same rows in the same order
 * @param valueOf value of a resample's lists
 */
export function redrawn<T>(
  lists: readonly (readonly SettingScore[])[],
  { seed, resamples: times }: { readonly seed: string; readonly resamples: number },
  valueOf: (lists: readonly (readonly SettingScore[])[]) => T,
): T[] {
  const random = new Random(seed);
  const count = lists[0]!.length;
  const problems = lists[0]!.flatMap(({ cells }) =>
    cells.flatMap(({ trials }) => trials.map(({ dense }) => dense.length)),
  );
  const most = problems.reduce((a, b) => Math.max(a, b), 1);
  return Array.from({ length: times }, () => {
    const picks = Array.from({ length: most }, () => random.below(most));
    const chosen = Array.from({ length: count }, () => random.below(count));
    return valueOf(lists.map((settings) => chosen.map((setting) => again(settings[setting]!, picks))));
  });
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

function redrawnTask({ task, variant, dense }: TaskScores, picks: readonly number[]): TaskScores {
  const own = picks.filter((pick) => pick < variant.length);
  const chosen = own.length === 0 ? [0] : own;
  return {
    task,
    variant: chosen.map((pick) => variant[pick]!),
    dense: chosen.map((pick) => dense[pick]!),
  };
}
