import type { Given } from "../calibrate/calibrate.ts";
import type { Estimate } from "../calibrate/sample.ts";
import type { Target } from "../calibrate/target.ts";
import type { CandidateCost } from "./cost.ts";
import type { Candidate } from "./candidates.ts";
import type { Standing } from "./explain.ts";
import { groupBy } from "../../core/group.ts";

/** A change of the fitted reader: how near it comes, and what it costs. */
export interface ChangeReport {
  /** from 1; 0 for the fitted reader as it is */
  readonly rank: number;
  readonly change: string;
  readonly kind: Candidate["kind"];
  readonly group: string;
  readonly variant: string;
  readonly reader: Given;
  /** mean distance from the published scores, 0 to 1 */
  readonly error: Estimate;
  readonly longError: number;
  readonly gain: Estimate;
  readonly behind: Estimate;
  readonly columns: readonly {
    readonly benchmark: string;
    readonly column: string;
    readonly published: number;
    readonly score: Estimate;
  }[];
  /** null where the model that is priced cannot take the variant */
  readonly cost: CandidateCost | null;
  /** mean distance with full numerics; null where they were not asked for */
  readonly numerics: Estimate | null;
}

/** What `attnsim explain` answers, as JSON. */
export interface ExplanationReport {
  /** whose columns the reader was fitted to, and whose are to be explained */
  readonly models: readonly [string, string];
  readonly tasks: readonly string[];
  readonly seed: number;
  readonly trials: { readonly theory: number; readonly numerics: number };
  readonly priced: { readonly model: string; readonly tokens: number; readonly users: number };
  readonly base: ChangeReport;
  /** the changes nearest to the published scores first */
  readonly ranking: readonly ChangeReport[];
  readonly findings: readonly string[];
}

export const changeReport = (
  { candidate, columns, ...standing }: Standing,
  rank: number,
  targets: readonly Target[],
  cost: CandidateCost | null,
): ChangeReport => {
  const { name, kind, group, variant, reader } = candidate;
  return {
    ...{ rank, change: name, kind, group, variant, reader },
    ...standing,
    columns: targets.map(({ benchmark, column, published }, i) => ({
      ...{ benchmark, column, published },
      score: columns.means[i]!,
    })),
    cost,
    numerics: null,
  };
};

/** The best setting of each group, in the order of the ranking. */
export const bestOfGroups = (ranking: readonly ChangeReport[]): ChangeReport[] =>
  [...groupBy(ranking, ({ group }) => group).values()].map((own) => own[0]!);

const points = (share: number): string => (100 * share).toFixed(1);

const interval = ({ value, low, high }: Estimate): string =>
  `${points(value)} points (95% interval ${points(low)} to ${points(high)})`;

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** What the ranking says, in sentences; nothing here is known beforehand. */
export function findingsOf(
  [source, target]: readonly [string, string],
  base: ChangeReport,
  ranking: readonly ChangeReport[],
  before: ReadonlyMap<string, number>,
): string[] {
  const groups = bestOfGroups(ranking);
  const best = groups[0];
  if (best === undefined) return [];
  const rivals = groups.filter(({ kind }) => kind !== "attention");
  const alike = groups.slice(1).filter(({ behind }) => behind.low <= 0);
  const useless = groups.filter(({ gain }) => gain.low <= 0);
  const off = best.columns.filter(
    ({ published, score }) => published < score.low - 0.02 || published > score.high + 0.02,
  );
  const fallen = base.columns.filter(
    ({ benchmark, column, published }) => published < (before.get(`${benchmark}:${column}`) ?? 0),
  );
  const name = ({ benchmark, column }: { benchmark: string; column: string }): string =>
    `${benchmark} ${column}`;
  return [
    `the reader fitted to ${source} is ${interval(base.error)} from ${target}'s columns; of single changes, ${best.change} comes nearest: ${interval(best.error)}`,
    `as near within the trials' noise: ${listed(alike.map(({ change }) => change))}`,
    ...(rivals[0] && best.kind === "attention"
      ? [`nearest without a change of attention: ${rivals[0].change}, ${interval(rivals[0].error)}`]
      : []),
    `not shown to be nearer than no change, at its best setting: ${listed(useless.map(({ group }) => group))}`,
    `left unexplained by ${best.change}, more than 2 points outside its interval: ${listed(
      off.map((row) => `${name(row)} (published ${points(row.published)}, ${points(row.score.value)})`),
    )}`,
    ...(fallen.length > 0
      ? [
          `${target} is below ${source} on ${listed(
            fallen.map(
              (row) =>
                `${name(row)} (${points(before.get(`${row.benchmark}:${row.column}`)!)} to ${points(row.published)})`,
            ),
          )}: no change that finds more explains that`,
        ]
      : []),
    `an existence argument: one change of one reader moves one set of scores towards another; it is no evidence about how ${source} or ${target} is made`,
  ];
}
