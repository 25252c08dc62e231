import { groupBy } from "../../core/group.ts";
import { mean } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import type { AgreementBaseline } from "./baselines.ts";
import { figuresOf } from "./compare.ts";
import type { AgreementFigures, ComparedScore, SettingScore } from "./compare.ts";
import { agreementGroups } from "./groups.ts";
import type { AgreementGroup } from "./groups.ts";
import { intervalsOf, sourceInterval } from "./intervals.ts";
import type { AgreementIntervals } from "./intervals.ts";
import type { UnexpressedScore } from "./measured.ts";
import { roleOf, settingRoles } from "./roles.ts";
import type { SettingRole } from "./roles.ts";
import type { AgreementReader } from "./simulate.ts";

/** A baseline beside the simulator, on the settings that the baseline predicts. */
export interface BaselineFigures {
  readonly name: string;
  readonly settings: number;
  readonly error: number;
  /** the simulator's on the same settings */
  readonly ours: number;
}

/** Figures with their 95% intervals. */
export interface AgreementEstimate extends AgreementFigures {
  /** settings and problems drawn again */
  readonly intervals: AgreementIntervals;
  /** of the error a setting, whole sources drawn again; undefined with fewer than three */
  readonly bySource: Interval | undefined;
}

/** Rows that could not be run for a reason. */
export interface UnexpressedReason {
  readonly reason: string;
  readonly rows: number;
}

/** Agreement of a table, in numbers from 0 to 1. */
export interface AgreementResult {
  readonly trials: number;
  readonly reader: AgreementReader;
  readonly all: AgreementEstimate;
  /** roles that a setting has */
  readonly roles: Readonly<Partial<Record<SettingRole, AgreementEstimate>>>;
  readonly groups: readonly AgreementGroup[];
  readonly baselines: readonly BaselineFigures[];
  readonly worst: readonly WorstCell[];
  /** the most frequent reason first */
  readonly unexpressed: readonly UnexpressedReason[];
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
  return {
    ...asked,
    all: estimateOf(settings),
    roles: Object.fromEntries(
      settingRoles.flatMap((role) => {
        const own = settings.filter((setting) => roleOf(setting) === role);
        return own.length === 0 ? [] : [[role, estimateOf(own)]];
      }),
    ),
    groups: agreementGroups(settings),
    baselines: baselines.map((baseline) => baselineFigures(settings, baseline)),
    worst: settings
      .flatMap(({ cells }) => cells)
      .sort((a, b) => errorOf(b) - errorOf(a) || a.measured.row - b.measured.row)
      .slice(0, worstCells)
      .map(worstCell),
    unexpressed: reasonsOf(unexpressed),
  };
}

const estimateOf = (settings: readonly SettingScore[]): AgreementEstimate => ({
  ...figuresOf(settings),
  intervals: intervalsOf(settings, "agreement"),
  bySource: sourceInterval(settings, "agreement"),
});

const worstCell = ({
  measured: { source, model, method, budget, queryAware, task, score },
  tokens,
  variant,
  predicted,
}: ComparedScore): WorstCell => ({
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
});

/** Reasons of rows that could not be run, the most frequent first. */
export const reasonsOf = (unexpressed: readonly UnexpressedScore[]): UnexpressedReason[] =>
  [...groupBy(unexpressed, ({ reason }) => reason)]
    .map(([reason, rows]) => ({ reason, rows: rows.length }))
    .sort((a, b) => b.rows - a.rows);

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
