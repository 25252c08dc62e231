import { formatNumber } from "../../core/units.ts";
import { judge } from "../../deployment/published/predict.ts";
import type { Verdict } from "../../deployment/published/predict.ts";
import { targets } from "../../deployment/published/targets.ts";
import { startProgress } from "./progress.ts";
import { formatTable } from "./table.ts";

/** What systems were published to do, beside what the model says of them. */
export function validateSystems(json: boolean): string {
  const progress = startProgress(targets.length, targets.length, "published numbers");
  const verdicts = judge(targets, () => progress.advance(1));
  progress.stop();
  if (json)
    return JSON.stringify(
      verdicts.map(({ target: { prediction, leftOut, ...target }, predicted, error, within }) => ({
        ...target,
        predicted,
        error,
        within,
        ...(!within && { leftOut }),
        prediction,
      })),
      null,
      2,
    );
  const titles = ["target", "predicted", "published", "unit", "error", "allowed", "within"];
  const rows = verdicts.map(({ target, predicted, error, within }) => [
    ...[target.name, formatNumber(predicted), formatNumber(target.published), target.unit],
    ...[signed(error), `${100 * target.tolerance}%`, within ? "yes" : "NO"],
  ]);
  return [
    formatTable(titles, rows),
    "",
    summary(verdicts),
    ...verdicts.flatMap(explained),
    "",
    "conditions and sources:",
    ...targets.map(
      ({ name, conditions, source }) => `  ${name}: ${conditions} (${source.title}, ${source.url})`,
    ),
  ].join("\n");
}

const signed = (error: number): string => `${error < 0 ? "-" : "+"}${(100 * Math.abs(error)).toFixed(0)}%`;

function summary(verdicts: readonly Verdict[]): string {
  const within = verdicts.filter((verdict) => verdict.within).length;
  return `${within} of ${verdicts.length} within what is allowed (${Math.round((100 * within) / verdicts.length)}%); nothing is fitted to these`;
}

const explained = ({ target, error, within }: Verdict): string[] =>
  within ? [] : [`  miss: ${target.name}, ${signed(error)}; left out: ${target.leftOut}`];
