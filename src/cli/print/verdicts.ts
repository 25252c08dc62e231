import { groupBy } from "../../core/group.ts";
import { formatChange, formatNumber } from "../../core/units.ts";
import type { SystemVerdict } from "../../deployment/published/predict.ts";
import { formatTable } from "./table.ts";

/** A verdict for programs. */
export const verdictData = ({ target, predicted, error, within }: SystemVerdict) => {
  const { prediction, leftOut, ...published } = target;
  return { ...published, predicted, error, within, ...(!within && { leftOut }), prediction };
};

/** Published numbers of systems beside the predicted ones, then the misses and the sources. */
export function formatVerdicts(verdicts: readonly SystemVerdict[]): string {
  const titles = ["target", "predicted", "published", "unit", "error", "allowed", "within"];
  const rows = verdicts.map(({ target, predicted, error, within }) => [
    target.name,
    formatNumber(predicted),
    formatNumber(target.published),
    target.unit,
    formatChange(error),
    `${100 * target.tolerance}%`,
    within ? "yes" : "NO",
  ]);
  const sources = verdicts.map(
    ({ target: { name, conditions, source } }) => `  ${name}: ${conditions} (${source.title}, ${source.url})`,
  );
  return [
    formatTable(titles, rows),
    "",
    summary(verdicts),
    ...verdicts.flatMap(explained),
    "",
    "conditions and sources:",
    ...sources,
  ].join("\n");
}

const countWithin = (verdicts: readonly SystemVerdict[]): string =>
  `${verdicts.filter(({ within }) => within).length} of ${verdicts.length}`;

/** Counts of all, by allowed error and by source. */
function summary(verdicts: readonly SystemVerdict[]): string {
  const share = verdicts.filter(({ within }) => within).length / verdicts.length;
  const byError = [...groupBy(verdicts, ({ target }) => target.tolerance)]
    .sort(([a], [b]) => b - a)
    .map(([tolerance, alike]) => `${countWithin(alike)} within ${100 * tolerance}%`);
  const bySource = [...groupBy(verdicts, ({ target }) => target.source.title)].map(
    ([title, alike]) => `  ${countWithin(alike)}: ${title}`,
  );
  return [
    `${countWithin(verdicts)} within the allowed error (${Math.round(100 * share)}%): ${byError.join(", ")}; nothing is fitted to these`,
    "by source:",
    ...bySource,
  ].join("\n");
}

const explained = ({ target, error, within }: SystemVerdict): string[] =>
  within ? [] : [`  miss: ${target.name}, ${formatChange(error)}; left out: ${target.leftOut}`];
