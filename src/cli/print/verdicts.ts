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

function summary(verdicts: readonly SystemVerdict[]): string {
  const within = verdicts.filter((verdict) => verdict.within).length;
  return `${within} of ${verdicts.length} within the allowed error (${Math.round((100 * within) / verdicts.length)}%); nothing is fitted to these`;
}

const explained = ({ target, error, within }: SystemVerdict): string[] =>
  within ? [] : [`  miss: ${target.name}, ${formatChange(error)}; left out: ${target.leftOut}`];
