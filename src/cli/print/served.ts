import { formatNumber, formatSeconds, formatUsd } from "../../core/units.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import { decodePart } from "../../hardware/serving/replica.ts";
import type { Part } from "../../hardware/serving/replica.ts";
import { splitPrompt } from "../../hardware/serving/workload.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { passOf } from "../../hardware/pass/pass.ts";
import { deploymentOf } from "../../deployment/deployment.ts";
import type { Division } from "../../deployment/division.ts";
import type { ServedPlan } from "../../deployment/serving.ts";
import type { Cell } from "./table.ts";

/** What is said of a system that serves; nulls where its caches fit no plan. */
export const servedFacts = (plan: ServedPlan | undefined) => ({
  divided: plan === undefined ? null : formatParallel(plan.decode.parallel),
  prefillDivided: plan?.prefill === undefined ? null : formatParallel(plan.prefill.parallel),
  gpus: null,
  ...plan?.served,
});

/** The passes that a plan's times rest on, for `printExplained`. */
export function servedPasses(title: string, plan: ServedPlan, workload: Workload) {
  const { inputTokens, outputTokens, drafts, chunkTokens } = workload;
  const { computed, stored } = splitPrompt(workload);
  const newTokens = Math.min(computed, chunkTokens);
  const decoding = decodePart(plan.served.batch, inputTokens + outputTokens / 2, drafts);
  const prefilling: Part = { phase: "prefill", sequences: 1, newTokens, cachedTokens: stored };
  const explained = (what: string, division: Division, part: Part) => ({
    title: `${title}: ${what}, ${formatParallel(division.parallel)}`,
    time: passOf(deploymentOf(division), [part]).time,
  });
  return [
    explained(`a decode step of ${formatNumber(plan.served.batch)} sequences`, plan.decode, decoding),
    explained(`${newTokens} tokens of one prompt`, plan.prefill ?? plan.decode, prefilling),
  ];
}

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
