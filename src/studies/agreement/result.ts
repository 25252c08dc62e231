import { groupBy } from "../../core/group.ts";
import { mean } from "../../core/stats.ts";
import type { AgreementBaseline } from "./baselines.ts";
import { errorsByTask, figuresBy, figuresOf } from "./compare.ts";
import type { AgreementFigures, ComparedScore, SettingScore } from "./compare.ts";
import type { UnexpressedScore } from "./express.ts";
import { intervalsOf } from "./intervals.ts";
import type { AgreementIntervals } from "./intervals.ts";
import { lookedAt } from "./reader.ts";

/** A baseline beside the simulator, on the settings that the baseline predicts. */
export interface BaselineFigures {
  readonly name: string;
  readonly settings: number;
  readonly error: number;
  /** the simulator's on the same settings */
  readonly ours: number;
}

/** Agreement of a table, in numbers from 0 to 1. */
export interface AgreementResult {
  readonly trials: number;
  readonly reader: Readonly<Record<string, number | string>>;
  readonly all: AgreementFigures & { readonly intervals: AgreementIntervals };
  /** settings that were looked at when the reader's parts were sized, and the others */
  readonly roles: Readonly<Record<string, AgreementFigures>>;
  readonly sources: Readonly<Record<string, AgreementFigures>>;
  readonly methods: Readonly<Record<string, AgreementFigures>>;
  readonly lengths: Readonly<Record<string, AgreementFigures>>;
  readonly tasks: ReturnType<typeof errorsByTask>;
  readonly baselines: readonly BaselineFigures[];
  readonly worst: readonly WorstCell[];
  /** rows that could not be run, by reason */
  readonly unexpressed: readonly { readonly reason: string; readonly rows: number }[];
}

/** A cell with a large error. */
export interface WorstCell {
  readonly source: string;
  readonly model: string;
  readonly method: string;
  readonly budget: string;
  readonly queryAware: boolean;
  readonly task: string;
  readonly tokens: number;
  readonly variant: string;
  readonly measured: number;
  readonly predicted: number;
}

const worstCells = 15;

/** Makes the answer of a comparison. */
export function agreementResult(
  settings: readonly SettingScore[],
  {
    unexpressed,
    baselines,
    ...asked
  }: Pick<AgreementResult, "trials" | "reader"> & {
    readonly unexpressed: readonly UnexpressedScore[];
    readonly baselines: readonly AgreementBaseline[];
  },
): AgreementResult {
  const by = (groupOf: (setting: SettingScore) => string) => Object.fromEntries(figuresBy(settings, groupOf));
  return {
    ...asked,
    all: { ...figuresOf(settings), intervals: intervalsOf(settings, "agreement") },
    roles: by((setting) => (wasLookedAt(setting) ? "looked at" : "predicted")),
    sources: by(({ source }) => source),
    methods: by(({ method }) => method),
    lengths: by(({ tokens }) => String(tokens)),
    tasks: errorsByTask(settings),
    baselines: baselines.map((baseline) => baselineFigures(settings, baseline)),
    worst: settings
      .flatMap(({ cells }) => cells)
      .sort((a, b) => errorOf(b) - errorOf(a) || a.measured.row - b.measured.row)
      .slice(0, worstCells)
      .map(
        ({
          measured: { source, model, method, budget, queryAware, task, score },
          tokens,
          variant,
          predicted,
        }) => ({
          source,
          model,
          method,
          budget,
          queryAware,
          task,
          tokens,
          variant,
          measured: score,
          predicted,
        }),
      ),
    unexpressed: [...groupBy(unexpressed, ({ reason }) => reason)]
      .map(([reason, rows]) => ({ reason, rows: rows.length }))
      .sort((a, b) => b.rows - a.rows),
  };
}

const wasLookedAt = ({ model, tokens, method }: SettingScore): boolean =>
  model === lookedAt.model && tokens === lookedAt.tokens && lookedAt.methods.some((each) => each === method);

const errorOf = ({ predicted, measured }: ComparedScore): number => Math.abs(predicted - measured.score);

/** Errors of a baseline on the settings all of whose cells it predicts. */
function baselineFigures(
  settings: readonly SettingScore[],
  { name, predict }: AgreementBaseline,
): BaselineFigures {
  const errors = settings.flatMap((setting) => {
    const predicted = setting.cells.map(predict);
    if (predicted.some((value) => value === undefined)) return [];
    return [
      {
        baseline: Math.abs(mean(predicted as number[]) - setting.measured),
        ours: Math.abs(setting.predicted - setting.measured),
      },
    ];
  });
  return {
    name,
    settings: errors.length,
    error: mean(errors.map(({ baseline }) => baseline)),
    ours: mean(errors.map(({ ours }) => ours)),
  };
}
