import { kindOf } from "../../core/stats.ts";
import { lengthCurves } from "../../figures/length-curves.ts";
import { shareAxis } from "../../figures/axes.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import { bestOfGroups } from "./result.ts";
import type { ChangeResult, ExplanationResult } from "./result.ts";

/** Number of changes of attention in the figure. */
const attentionCurves = 3;

/**
 * A figure of the published columns of both models, the unchanged reader, the nearest changes of attention and the
 * nearest other change.
 *
 * @param columns of the model that the reader was fitted to, and of the model that is explained
 */
export function explanationFigure(
  { models: [source, target], trials, base, ranking }: ExplanationResult,
  columns: readonly [fitted: readonly TargetColumn[], explained: readonly TargetColumn[]],
): object {
  const tokens = new Map(columns.flat().map((each) => [each.name, each.tokens]));
  const groups = bestOfGroups(ranking);
  const nearest = [
    ...groups.filter(({ kind }) => kind === "attention").slice(0, attentionCurves),
    ...groups.filter(({ kind }) => kind !== "attention").slice(0, 1),
  ];
  const curve = (row: ChangeResult, series: string) =>
    row.columns.map(({ benchmark, column, score }) => ({
      panel: benchmark,
      series,
      tokens: tokens.get(`${benchmark}:${column}`)!,
      mean: score.value,
      low: score.low,
      high: score.high,
      trials: trials.meanField,
      kind: kindOf(trials.meanField),
    }));
  const marks = (model: string, of: readonly TargetColumn[]) =>
    of.map((each) => ({ panel: each.benchmark, model, tokens: each.tokens, mean: each.published }));
  return lengthCurves({
    title: `Which single change moves ${source}'s scores to ${target}'s?`,
    subtitle: `one reader, fitted to ${source} with ${base.variant} attention; mean score in the mean field; open marks: published scores, at the upper end of the lengths they cover`,
    points: [...curve(base, `${base.change}, fitted`), ...nearest.flatMap((row) => curve(row, row.change))],
    published: [...marks(source, columns[0]), ...marks(target, columns[1])],
    y: shareAxis("score"),
  });
}
