import type { Estimate } from "../../core/stats.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import { bestOfGroups } from "./result.ts";
import type { ExplanationResult } from "./result.ts";

/** Distance from the simulated interval from which a published score counts as unexplained. */
const unexplainedBeyond = 0.02;

const points = (share: number): string => (100 * share).toFixed(1);

const interval = ({ value, low, high }: Estimate): string =>
  `${points(value)} points (95% interval ${points(low)} to ${points(high)})`;

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

const nameOf = ({ benchmark, column }: { readonly benchmark: string; readonly column: string }): string =>
  `${benchmark} ${column}`;

/** Findings of a ranking, a sentence each. @param before columns of the model that the reader was fitted to */
export function findingsOf(
  { models, trials, base, ranking }: Omit<ExplanationResult, "findings">,
  before: readonly TargetColumn[],
): string[] {
  const [source, target] = models;
  const groups = bestOfGroups(ranking);
  const best = groups[0];
  if (best === undefined) return [];
  const rival = groups.find(({ kind }) => kind !== "attention");
  const alike = groups.slice(1).filter(({ behind }) => behind.low <= 0);
  const useless = groups.filter(({ gain }) => gain.low <= 0);
  const unexplained = best.columns.filter(
    ({ published, score }) =>
      published < score.low - unexplainedBeyond || published > score.high + unexplainedBeyond,
  );
  const earlier = new Map(before.map((column) => [nameOf(column), column.published]));
  const fallen = base.columns.flatMap((row) => {
    const from = earlier.get(nameOf(row));
    return from === undefined || row.published >= from
      ? []
      : [`${nameOf(row)} (${points(from)} to ${points(row.published)})`];
  });
  return [
    `over ${base.columns.length} columns of ${target} (${trials.meanField} mean-field trials each) the reader fitted to ${source} has a mean error of ${interval(base.error)}; the best single change is ${best.change}: ${interval(best.error)}`,
    `as good as the best within the trials' noise: ${listed(alike.map(({ change }) => change))}`,
    ...(rival !== undefined && best.kind === "attention"
      ? [`best change of anything but attention: ${rival.change}, ${interval(rival.error)}`]
      : []),
    `not shown to be better than no change, at the best setting: ${listed(useless.map(({ group }) => group))}`,
    `left unexplained by ${best.change}, more than ${100 * unexplainedBeyond} points outside its interval: ${listed(
      unexplained.map(
        (row) =>
          `${nameOf(row)} (published ${points(row.published)}, simulated ${points(row.score.low)} to ${points(row.score.high)})`,
      ),
    )}`,
    ...(fallen.length > 0
      ? [`${target} is below ${source} on ${listed(fallen)}; a change that finds more does not explain that`]
      : []),
    `this is an existence argument: one change of one reader moves one set of scores towards another. It is no evidence about how ${source} or ${target} is made`,
  ];
}
