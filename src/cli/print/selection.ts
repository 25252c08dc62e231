import { distinct } from "../../core/group.ts";
import { formatSeconds, formatUsd } from "../../core/units.ts";
import type { RankedModel } from "../../studies/select/rank.ts";
import type { SelectResult } from "../../studies/select/run.ts";
import { formatTable } from "./table.ts";

/** Ranked models as text, then refusals, gaps and sources. */
export function formatSelection({ models, by }: SelectResult): string {
  const known = ({ cost, firstToken }: RankedModel): number | undefined =>
    by === "cost" ? cost : firstToken;
  const benchmarks = distinct(models.flatMap(({ scores }) => scores.map(({ benchmark }) => benchmark)));
  const table = formatTable(
    ["rank", "model", "cost", "first token", "answer ends", "output tokens", ...benchmarks],
    models.map((model, i) => [
      model.refused.length === 0 && model.unsure.length === 0 && known(model) !== undefined ? i + 1 : "-",
      model.model,
      model.cost === undefined ? "?" : formatUsd(model.cost),
      model.firstToken === undefined ? "?" : formatSeconds(model.firstToken),
      model.answer === undefined ? "?" : formatSeconds(model.answer),
      model.outputTokens ?? "?",
      ...benchmarks.map((benchmark) => scoreCell(model, benchmark)),
    ]),
  );
  const notes = models.flatMap(({ model, refused, unsure, gaps }) => [
    ...refused.map((reason) => `${model} is ${reason}`),
    ...unsure.map((demanded) => `${model} has no rank: nothing says whether it meets --${demanded}`),
    ...(gaps.length > 0 ? [`${model}: nobody stated ${gaps.join(", ")}`] : []),
  ]);
  return [
    table,
    ...(notes.length > 0 ? ["", ...notes] : []),
    "",
    ...distinct(models.map(({ source }) => source)).map((source) => `prices and latency: ${source}`),
    "scores: data/published-scores.csv, as published by the makers",
  ].join("\n");
}

function scoreCell({ scores }: RankedModel, benchmark: string): string {
  const found = scores.find((score) => score.benchmark === benchmark);
  if (found === undefined) return "-";
  return `${found.covers ? "" : "~ "}${(100 * found.score).toFixed(1)}% (${found.column})`;
}
