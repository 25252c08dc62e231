import { distinct } from "../core/group.ts";
import type { ServerLimits } from "../hardware/memory.ts";
import type { Acceptance } from "../hardware/serving/acceptance.ts";
import { paretoFront } from "../hardware/serving/pareto.ts";
import { holdPasses } from "../hardware/serving/batch.ts";
import { prefillAlone, serveApart, serveTogether } from "../hardware/serving/serve.ts";
import type { Served } from "../hardware/serving/serve.ts";
import type { Replica } from "../hardware/serving/replica.ts";
import { mostSequences } from "../hardware/serving/steady.ts";
import { checkWorkload } from "../hardware/serving/workload.ts";
import type { Workload } from "../hardware/serving/workload.ts";
import { limitedTo } from "./division.ts";
import type { Division } from "./division.ts";
import { memoryOn } from "./memory.ts";
import { replicaOf } from "./replica.ts";

/** A way for a system to serve a workload, with its speeds and prices. */
export interface ServedPlan {
  readonly served: Served;
  /** replicas that decode; they also prefill if `prefill` is left out */
  readonly decode: Division;
  /** replicas that prefill */
  readonly prefill?: Division;
}

/** Divisions of a model for each phase. */
export type PhaseDivisions = Readonly<Record<"prefill" | "decode", readonly Division[]>>;

/** A workload to serve, and the price of a GPU-hour. */
export interface Serving {
  readonly workload: Workload;
  /** most sequences in a replica at once; each number is tried, or the sequences whose caches fit if they are fewer */
  readonly batches: readonly number[];
  readonly dollarsPerGpuHour: number;
}

/**
 * Every division that prefills and decodes at once, at every batch. A batch is cut to the sequences whose caches fit, and to
 * those that do more than wait; divisions that fit no request are left out.
 *
 * @throws UsageError for a workload out of range
 */
export function servedTogether(
  divisions: readonly Division[],
  { workload, batches, dollarsPerGpuHour }: Serving,
): ServedPlan[] {
  checkWorkload(workload);
  return divisions.flatMap((division) => {
    const decode = limitedTo(division, limitsFor(workload));
    const replica = replicaOf(decode);
    const most = mostSequences(replica.groups, workload);
    const useful = batches.map((batch) => Math.min(batch, most));
    return fittingBatches(decode, workload, useful).map((batch) => ({
      served: serveTogether(replica, workload, batch, dollarsPerGpuHour),
      decode,
    }));
  });
}

/** Limits of a server for a workload. */
const limitsFor = ({ chunkTokens, drafts }: Workload): ServerLimits => ({
  chunkTokens,
  draftTokens: drafts.tokens,
});

/** Batches, cut to the whole requests whose caches fit. None if no request fits. */
function fittingBatches(
  division: Division,
  { inputTokens, outputTokens }: Workload,
  batches: readonly number[],
): number[] {
  const { users } = memoryOn(division, inputTokens + outputTokens);
  return users < 1 ? [] : distinct(batches.map((batch) => Math.min(batch, users)));
}

/**
 * Every division that decodes, at every batch, or at the one whose caches fit. Beside it stands the division that prefills
 * the most prompts a second and GPU while a prompt takes at most `ttftSeconds`.
 *
 * @throws UsageError for a workload out of range
 */
export function servedApart(
  divisions: PhaseDivisions,
  { workload, batches, dollarsPerGpuHour }: Serving,
  ttftSeconds = Infinity,
): ServedPlan[] {
  checkWorkload(workload);
  const limits = limitsFor(workload);
  const [best] = divisions.prefill
    .map((division) => limitedTo(division, limits))
    .filter((division) => memoryOn(division, workload.inputTokens).users >= 1)
    .map((division) => ({ division, replica: replicaOf(division) }))
    .map((each) => ({ ...each, ...prefillAlone(each.replica, workload) }))
    .filter(({ seconds }) => seconds <= ttftSeconds)
    .sort((a, b) => rate(b) - rate(a));
  if (best === undefined) return [];
  return divisions.decode.flatMap((division) => {
    const decode = limitedTo(division, { ...limits, chunkTokens: 0 });
    const replica = replicaOf(decode);
    return fittingBatches(decode, workload, batches).map((batch) => ({
      served: serveApart({ prefill: best, decode: replica }, workload, batch, dollarsPerGpuHour),
      decode,
      prefill: best.division,
    }));
  });
}

/** Prompts a second and GPU. */
const rate = (found: {
  readonly sequences: number;
  readonly seconds: number;
  readonly replica: Pick<Replica, "gpus">;
}): number => found.sequences / found.seconds / found.replica.gpus;

/** Plans that no other plan beats in tokens a second of a user and of a GPU. The fastest plan for users comes first. */
export const servingFront = (plans: readonly ServedPlan[]): ServedPlan[] =>
  paretoFront(plans, [
    ({ served }) => served.tokensPerSecondPerUser,
    ({ served }) => served.outputPerGpu,
  ]).sort((a, b) => b.served.tokensPerSecondPerUser - a.served.tokensPerSecondPerUser);

/** The requests of a workload, in words. */
export const requestLine = ({ inputTokens, outputTokens, thinkTokens }: Workload): string =>
  `every request: ${inputTokens} tokens in, ${outputTokens} out, ${thinkTokens} of them before the answer`;

/** Acceptance of drafts, in words. */
export const acceptanceLine = (acceptance: Acceptance): string =>
  typeof acceptance === "number"
    ? `each accepted with probability ${acceptance}`
    : `accepted as ${acceptance.name} has it: ${acceptance.points.map(({ tokens, perStep }) => `${perStep} tokens a step at ${tokens}`).join(", ")} with ${acceptance.drafts} drafts${acceptance.note === undefined ? "" : `; ${acceptance.note}`}; ${acceptance.sources.map(({ title }) => title).join(", ")}`;

/** Assumptions about serving, printed with every answer. */
export const servingAssumptions = (workload: Omit<Workload, "inputTokens">): string[] => {
  const { cacheHits, drafts, chunkTokens, utilisation } = workload;
  return [
    `${cacheHits} of each prompt's cache is stored in the host processors' memory and fetched (in HBM where the system has none)`,
    drafts.tokens === 0
      ? "no multi-token prediction"
      : `${drafts.tokens} tokens drafted a step, ${acceptanceLine(drafts.acceptance)}`,
    `passes of at most ${chunkTokens} prompt tokens for each group; sequences decode at their mean length`,
    `prompts wait up to ${holdPasses} passes for a prompt in every group (dp) while every group decodes, as TensorRT-LLM's attention_dp_config does`,
    "together: users ask at the same time at first, and again as soon as they are answered; caches of whole requests limit the batch",
    "first token: wait (M/D/1 queue of prompts at the utilisation, and for other groups) + prefill + fetch + move to the decoding replica",
    `GPUs are busy ${utilisation} of the time: tokens/s count busy time, prices and waits count all of it`,
    "apart: prefill reaches .90 of its rate, decoding .92 (AIConfigurator), as many GPUs of each kind as their rates ask for",
  ];
};
