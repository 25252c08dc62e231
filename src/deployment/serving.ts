import { paretoFront } from "../hardware/serving/pareto.ts";
import { prefillAlone, serveApart, serveTogether } from "../hardware/serving/serve.ts";
import type { Served } from "../hardware/serving/serve.ts";
import { checkWorkload } from "../hardware/serving/workload.ts";
import type { Workload } from "../hardware/serving/workload.ts";
import { replicaOf } from "./deployment.ts";
import type { DeploymentAsked } from "./deployment.ts";

/** What a system gives when it serves a workload one way. */
export interface ServedPlan {
  readonly served: Served;
  /** replicas that decode; and prefill too, where there are no others */
  readonly decode: DeploymentAsked;
  readonly prefill?: DeploymentAsked;
}

export interface Serving {
  readonly workload: Workload;
  /** sequences that decode at once in a replica; all of them are tried */
  readonly batches: readonly number[];
  readonly dollarsPerGpuHour: number;
}

/** Every plan that prefills and decodes at once, at every batch that its caches fit. @throws UsageError for a workload out of range */
export function servedTogether(
  plans: readonly DeploymentAsked[],
  { workload, batches, dollarsPerGpuHour }: Serving,
): ServedPlan[] {
  checkWorkload(workload);
  return plans.flatMap((decode) => {
    const replica = replicaOf(decode);
    const sequence = replica.kvBytes(workload.inputTokens + workload.outputTokens);
    return batches
      .filter((batch) => batch * sequence <= replica.kvCapacity)
      .map((batch) => ({ served: serveTogether(replica, workload, batch, dollarsPerGpuHour), decode }));
  });
}

/**
 * Every plan that decodes, at every batch that its caches fit, beside the plan that prefills the most prompts a second
 * and GPU of those whose prompt takes at most `ttftSeconds`.
 *
 * @throws UsageError for a workload out of range
 */
export function servedApart(
  plans: { readonly prefill: readonly DeploymentAsked[]; readonly decode: readonly DeploymentAsked[] },
  { workload, batches, dollarsPerGpuHour }: Serving,
  ttftSeconds = Infinity,
): ServedPlan[] {
  checkWorkload(workload);
  const sequence = workload.inputTokens + workload.outputTokens;
  const [best] = plans.prefill
    .map((asked) => ({ asked, replica: replicaOf(asked) }))
    .filter(({ replica }) => replica.kvBytes(workload.inputTokens) <= replica.kvCapacity)
    .map((each) => ({ ...each, ...prefillAlone(each.replica, workload) }))
    .filter(({ seconds }) => seconds <= ttftSeconds)
    .sort((a, b) => rate(b) - rate(a));
  if (best === undefined) return [];
  return plans.decode.flatMap((decode) => {
    const replica = replicaOf(decode);
    return batches
      .filter((batch) => batch * replica.kvBytes(sequence) <= replica.kvCapacity)
      .map((batch) => ({
        served: serveApart({ prefill: best.replica, decode: replica }, workload, batch, dollarsPerGpuHour),
        decode,
        prefill: best.asked,
      }));
  });
}

const rate = ({
  sequences,
  seconds,
  replica,
}: {
  sequences: number;
  seconds: number;
  replica: { gpus: number };
}) => sequences / seconds / replica.gpus;

/** Those that no other beats in both the speed that a user sees and what a GPU gives, from the fastest user on. */
export const servingFront = (plans: readonly ServedPlan[]): ServedPlan[] =>
  paretoFront(plans, [
    ({ served }) => served.tokensPerSecondPerUser,
    ({ served }) => served.outputPerGpu,
  ]).sort((a, b) => b.served.tokensPerSecondPerUser - a.served.tokensPerSecondPerUser);

/** How serving is taken to go; printed with every answer. */
export const servingAssumptions = (workload: Workload): string[] => {
  const { inputTokens, outputTokens, thinkTokens, cacheHits, drafts, chunkTokens, utilisation } = workload;
  return [
    `every request: ${inputTokens} tokens in, ${outputTokens} out, ${thinkTokens} of them before the answer`,
    `${cacheHits} of each prompt's cache is stored in the host processors' memory and fetched (in HBM where the system has none)`,
    drafts.tokens === 0
      ? "no multi-token prediction"
      : `${drafts.tokens} tokens drafted a step, each accepted with probability ${drafts.acceptance}`,
    `passes of at most ${chunkTokens} prompt tokens for each group; sequences decode at their mean length`,
    "first token: wait (M/D/1 queue of prompts at the utilisation) + prefill + fetch + move to the decoding replica",
    `GPUs busy ${utilisation} of the time: tokens/s are while they are, prices and waits count the rest`,
    "apart: prefill reaches .90 of its rate, decoding .92 (AIConfigurator), as many GPUs of each kind as their rates ask for",
  ];
};
