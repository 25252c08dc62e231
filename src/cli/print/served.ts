import { distinct } from "../../core/group.ts";
import { formatNumber, formatSeconds, formatUsd } from "../../core/units.ts";
import { deploymentOf } from "../../deployment/deployment.ts";
import type { Division } from "../../deployment/division.ts";
import { servingAssumptions } from "../../deployment/serving.ts";
import type { ServedPlan } from "../../deployment/serving.ts";
import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import { passOf } from "../../hardware/pass/pass.ts";
import { decodePart } from "../../hardware/serving/replica.ts";
import type { Part } from "../../hardware/serving/replica.ts";
import type { Served } from "../../hardware/serving/serve.ts";
import { splitPrompt } from "../../hardware/serving/workload.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import type { ServeQuestion, ServeRow } from "../../studies/racks/serve.ts";
import { rackSettings } from "../../studies/racks/settings.ts";
import type { RackQuestion } from "../../studies/racks/settings.ts";
import { timeLines, machineLines } from "./racks.ts";
import type { RackColumn, RackTable } from "./racks.ts";
import type { TableCell } from "./table.ts";

/** Assumptions of every answer about serving, but for the requests. @param tokens of the longest request */
export function servingLines(
  question: Omit<ServeQuestion, "batch"> & { readonly input?: number | undefined },
  tokens: number,
): string[] {
  const onRacks = { ...question, context: [tokens] };
  return [
    ...(question.input === undefined ? shortenedLines(onRacks, question.workload) : []),
    ...machineLines(onRacks),
    ...timeLines(onRacks),
    ...servingAssumptions(question.workload),
  ];
}

/** The prompt's length, where the user gives none and requests fill the context of a model. */
function shortenedLines(question: RackQuestion, { inputTokens }: Workload): string[] {
  const filled = rackSettings(question).filter(({ model, tokens }) => model.context?.value === tokens);
  const names = distinct(filled.map(({ model }) => model.name));
  return names.length === 0
    ? []
    : [`prompts of ${inputTokens} tokens: what the context of ${names.join(", ")} leaves beside the output`];
}

/** A row for programs. Its plan is null if the caches fit no plan. */
export const servedData = ({ plan, ...row }: ServeRow) => ({
  ...row,
  divided: plan === undefined ? null : formatParallel(plan.decode.parallel),
  prefillDivided: plan?.prefill === undefined ? null : formatParallel(plan.prefill.parallel),
  gpus: null,
  ...plan?.served,
});

/** A column of a plan's numbers. */
const served = (title: string, cell: (served: Served) => TableCell): RackColumn<ServeRow> => [
  title,
  ({ plan }) => (plan === undefined ? "-" : cell(plan.served)),
];

export const servedColumns: RackTable<ServeRow> = {
  columns: [
    ["batch", batchText],
    served("decoding", ({ decoding }) => formatNumber(decoding)),
    ["decode as", ({ plan }) => (plan === undefined ? "fits no plan" : formatParallel(plan.decode.parallel))],
    ["prefill as", ({ plan }) => (plan === undefined ? "-" : prefillText(plan))],
    served("GPUs", ({ gpus }) => formatNumber(gpus)),
    served("TTFT", ({ ttftSeconds }) => formatSeconds(ttftSeconds)),
    served("answer", ({ firstAnswerSeconds }) => formatSeconds(firstAnswerSeconds)),
    served("TPOT", ({ tpotSeconds }) => formatSeconds(tpotSeconds)),
    served("tokens/s/user", ({ tokensPerSecondPerUser }) => formatNumber(tokensPerSecondPerUser)),
    served("in/s/GPU", ({ inputPerGpu }) => formatNumber(inputPerGpu)),
    served("out/s/GPU", ({ outputPerGpu }) => formatNumber(outputPerGpu)),
    served("total/s/GPU", ({ totalPerGpu }) => formatNumber(totalPerGpu)),
    served("$/M in", ({ dollarsPerMillionInput }) => formatUsd(dollarsPerMillionInput)),
    served("$/M out", ({ dollarsPerMillionOutput }) => formatUsd(dollarsPerMillionOutput)),
    served("$/M all", ({ dollarsPerMillionTotal }) => formatUsd(dollarsPerMillionTotal)),
  ],
  notes: {
    batch: "sequences in a replica at once; of the cap, where caches do not fit or more would only wait",
    decoding: "sequences that decode in a pass, in the mean over time",
    TTFT: "time to the first token, of the thinking if there is any",
    answer: "time to the first token of the answer, after the thinking",
    TPOT: "time per output token",
    "in/s/GPU": "input tokens a second and GPU; out: output tokens",
    "$/M in": "rent for a million input tokens; out: output tokens; all: both",
  },
  measure: ({ plan }) => plan?.served.totalPerGpu ?? null,
  spare: [
    "total/s/GPU",
    "in/s/GPU",
    "$/M all",
    "answer",
    "decoding",
    "KV as",
    "attention",
    "GPUs",
    "prefill as",
    "context",
    "$/M in",
    "out/s/GPU",
    "TTFT",
    "decode as",
    "system",
  ],
};

/** Sequences in a replica that the row's numbers belong to, and the cap where they are fewer. */
function batchText({ batch, plan }: ServeRow): TableCell {
  return plan === undefined || plan.served.batch === batch
    ? formatNumber(batch)
    : `${formatNumber(plan.served.batch)} of ${batch}`;
}

const prefillText = ({ prefill }: ServedPlan): string =>
  prefill === undefined ? "the same" : formatParallel(prefill.parallel);

/** The passes behind the times of a plan. */
export function servedPasses(
  { names, plan }: Pick<ServeRow, "names" | "plan">,
  workload: Workload,
): { title: string; time: OperatorTime }[] {
  if (plan === undefined) return [];
  const { inputTokens, outputTokens, drafts, chunkTokens } = workload;
  const { computed, stored } = splitPrompt(workload);
  const newTokens = Math.min(computed, chunkTokens);
  const decoding = decodePart(plan.served.decoding, inputTokens + outputTokens / 2, drafts);
  const prefilling: Part = { phase: "prefill", sequences: 1, newTokens, cachedTokens: stored };
  const explained = (pass: string, division: Division, part: Part) => ({
    title: `${names.model} on ${names.system}: ${pass}, ${formatParallel(division.parallel)}`,
    time: passOf(deploymentOf(division), [part]).time,
  });
  return [
    explained(`a decode step of ${formatNumber(plan.served.decoding)} sequences`, plan.decode, decoding),
    explained(`${newTokens} tokens of one prompt`, plan.prefill ?? plan.decode, prefilling),
  ];
}

/** How answers about serving are shown. */
export const servedAnswer = {
  table: servedColumns,
  data: (row: ServeRow) => ({ ...servedData(row), asked: row.batch }),
  title: "What does it take to serve these requests?",
};
