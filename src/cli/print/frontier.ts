import { formatMean, formatNumber, formatSeconds, formatUsd } from "../../core/units.ts";
import { requestLine, servingAssumptions } from "../../deployment/serving.ts";
import type { FrontierPoint } from "../../studies/frontier/result.ts";
import type { FrontierOptions, FrontierResult } from "../../studies/frontier/run.ts";
import { machineLines, recordLines, timeLines } from "./racks.ts";
import { formatTable } from "./table.ts";

/** Variants with their scores and prices, as text; * marks those on a front. */
export function formatFrontier({ points }: FrontierResult, assumptions: readonly string[]): string {
  const star = (best: boolean): string => (best ? "*" : "");
  const usd = (value: number | null): string => (value === null ? "-" : formatUsd(value));
  const prices = ["TPOT", "", "users a rack", "", "$/M in", "$/M out", ""];
  const table = formatTable(
    ["system", "model", "variant", "n", "score", ...prices],
    points.map((point) => [
      point.system,
      point.model,
      point.variant,
      point.trials,
      formatMean({ ...point, mean: point.score }),
      tpotText(point),
      star(point.bestTpot),
      formatNumber(point.usersPerRack),
      star(point.bestUsers),
      usd(point.dollarsPerMillionInput),
      usd(point.dollarsPerMillionOutput),
      star(point.bestPrice),
    ]),
  );
  return [
    table,
    "",
    "*: no other variant of the system and model equals both its score and the column before it and beats one; TPOT: time per output token; -: does not fit (behind it the users who fit, and their time), or not as fast as asked",
    "",
    "assumed:",
    ...assumptions.map((line) => `  ${line}`),
  ].join("\n");
}

/** Time of a token of the users asked for, or of those who fit where they are fewer. */
function tpotText({ tpotSeconds, sustained }: FrontierPoint): string {
  if (tpotSeconds !== null) return formatSeconds(tpotSeconds);
  return sustained === undefined ? "-" : `- (${formatSeconds(sustained.tpotSeconds)} for ${sustained.users})`;
}

/** Assumptions of a frontier. */
export const frontierLines = (
  options: FrontierOptions,
  { workload, points, tokens }: FrontierResult,
): string[] => {
  const { scores, racks, users, tpotLimit } = options;
  const question = { ...racks, variant: points.map(({ variant }) => variant), context: [tokens] };
  return [
    "meanField" in scores
      ? `scores drawn in the mean field: ${scores.meanField.tasks.join(", ")}, ${scores.meanField.trials} trials each, seed ${scores.meanField.seed}`
      : `scores of ${scores.file}`,
    "costs of a variant: its formula or kernels in the model's layers that reach the whole context",
    `TPOT of ${users} users on the whole system; prices when no token takes longer than ${Number((1000 * tpotLimit).toPrecision(6))} ms, replicas that prefill apart`,
    ...machineLines(question),
    ...recordLines(question),
    ...timeLines(question),
    requestLine(workload),
    ...servingAssumptions(workload),
  ];
};
