import { formatNumber, formatSeconds } from "../../core/units.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { ServedPlan } from "../../simulate/serving.ts";
import type { Cell } from "../table.ts";
import { formatUsd } from "../usd.ts";

/** What is said of a system that serves; nulls where its caches fit no plan. */
export const servedFacts = (plan: ServedPlan | undefined) => ({
  divided: plan === undefined ? null : formatParallel(plan.decode.parallel),
  prefillDivided: plan?.prefill === undefined ? null : formatParallel(plan.prefill.parallel),
  gpus: null,
  ...plan?.served,
});

export const servedTitles = [
  ...["decode as", "prefill as", "GPUs", "TTFT", "answer", "TPOT", "tokens/s/user"],
  ...["in/s/GPU", "out/s/GPU", "total/s/GPU", "$/M in", "$/M out", "$/M all"],
];

export function servedCells(plan: ServedPlan | undefined): Cell[] {
  if (plan === undefined) return ["fits no plan", ...servedTitles.slice(1).map(() => "-")];
  const { served, decode, prefill } = plan;
  return [
    formatParallel(decode.parallel),
    prefill === undefined ? "the same" : formatParallel(prefill.parallel),
    formatNumber(served.gpus),
    formatSeconds(served.ttftSeconds),
    formatSeconds(served.firstAnswerSeconds),
    formatSeconds(served.tpotSeconds),
    formatNumber(served.tokensPerSecondPerUser),
    formatNumber(served.inputPerGpu),
    formatNumber(served.outputPerGpu),
    formatNumber(served.totalPerGpu),
    formatUsd(served.dollarsPerMillionInput),
    formatUsd(served.dollarsPerMillionOutput),
    formatUsd(served.dollarsPerMillionTotal),
  ];
}
