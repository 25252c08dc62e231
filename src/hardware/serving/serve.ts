import { holdPasses } from "./batch.ts";
import { smoothRow } from "./chunks.ts";
import { dollarsPerMillion } from "./price.ts";
import { waitOfMd1 } from "./queue.ts";
import {
  decodePart,
  decodeSeconds,
  draftingSeconds,
  draftsAt,
  drainSeconds,
  passLimits,
  tokensPerStep,
} from "./replica.ts";
import type { Drafting, Part, Replica } from "./replica.ts";
import { cycleOf, meanPass, mostSequences } from "./steady.ts";
import type { AlikePasses } from "./steady.ts";
import { meanContext, splitPrompt } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** Speeds for users of a system, and prices. Rates hold while the GPUs work; prices include idle time. */
export interface Served {
  /** sequences in a replica at the same time */
  readonly batch: number;
  /** sequences that decode in a pass, in the mean over time */
  readonly decoding: number;
  /** GPUs over which the rates are counted */
  readonly gpus: number;
  /** parts of the time to the first token, s */
  readonly queueSeconds: number;
  readonly prefillSeconds: number;
  /** reading a stored prefix from the host processors' memory */
  readonly loadSeconds: number;
  /** moving the cache from a prefill to a decode replica */
  readonly transferSeconds: number;
  readonly ttftSeconds: number;
  /** thinking done: ttft + think tokens x tpot */
  readonly firstAnswerSeconds: number;
  readonly tpotSeconds: number;
  readonly tokensPerSecondPerUser: number;
  readonly requestsPerSecond: number;
  /** tokens/s/GPU; a split system counts the GPUs of both kinds */
  readonly inputPerGpu: number;
  readonly outputPerGpu: number;
  readonly totalPerGpu: number;
  /** cost of prefill over input tokens, cost of decoding over output tokens */
  readonly dollarsPerMillionInput: number;
  readonly dollarsPerMillionOutput: number;
  /** cost of both over all tokens */
  readonly dollarsPerMillionTotal: number;
  /** caches of the batch at their full length, and HBM for them, B of a decode replica */
  readonly kvBytes: number;
  readonly kvCapacity: number;
  readonly fits: boolean;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Prompts that fill a pass. */
interface PromptsAlone {
  readonly sequences: number;
  /** until the next prompts follow them, s */
  readonly seconds: number;
  /** from then until they are computed, s; 0 without stages */
  readonly drain: number;
}

/** A replica that only prefills, and its prompts. */
export interface PrefillReplica extends PromptsAlone {
  readonly replica: Replica;
}

/** Prompts that fill a pass, and the time until they are computed in chunks. */
export function prefillAlone(replica: Replica, workload: Workload): PromptsAlone {
  const { computed, stored } = splitPrompt(workload);
  const { groups, chunkTokens } = passLimits(replica, workload.chunkTokens);
  const sequences = groups * Math.max(1, Math.floor(chunkTokens / computed));
  const passes = smoothRow(Math.ceil(computed / chunkTokens), (i) => {
    const done = i * chunkTokens;
    const newTokens = Math.min(chunkTokens, computed - done);
    return replica.stepSeconds([{ phase: "prefill", sequences, newTokens, cachedTokens: stored + done }]);
  });
  return { sequences, seconds: sum(passes), drain: drainSeconds(replica, passes.at(-1)!) };
}

const memoryOf = (replica: Replica, { inputTokens, outputTokens }: Workload, batch: number) => {
  const kvBytes = batch * replica.kvBytes(inputTokens + outputTokens);
  return { kvBytes, kvCapacity: replica.kvCapacity, fits: kvBytes <= replica.kvCapacity };
};

/**
 * Mean wait of a prompt for prompts of other groups, s. The first of them waits until all groups have one, but no longer
 * than the longest hold; those that come in this time wait half of it on average.
 *
 * @param rate prompts that arrive, 1/s
 */
function holdSeconds(groups: number, rate: number, passSeconds: number): number {
  const longest = Math.min(holdPasses * passSeconds, (groups - 1) / rate);
  const others = rate * longest;
  return (longest * (1 + others / 2)) / (1 + others);
}

/**
 * Replicas that decode and prefill at once, in a steady state: the cycle of a replay in which requests never lack
 * (`cycleOf`).
 *
 * @param cap most sequences in a replica at once; fewer are in it if more of them would only wait for their prompts
 */
export function serveTogether(
  replica: Replica,
  workload: Workload,
  cap: number,
  dollarsPerGpuHour: number,
): Served {
  const { inputTokens, outputTokens, drafts, utilisation } = workload;
  const { groups, chunkTokens } = passLimits(replica, workload.chunkTokens);
  const { stored } = splitPrompt(workload);
  const batch = Math.min(cap, mostSequences(groups, { ...workload, chunkTokens }));
  const cycle = cycleOf({ groups, chunkTokens }, workload, batch);
  const timed = cycle.passes.map((pass) => ({ ...pass, seconds: secondsOf(replica, pass, drafts) }));
  const total = (of: (pass: (typeof timed)[number]) => number): number =>
    sum(timed.map((pass) => pass.passes * pass.seconds * of(pass)));
  const cycleSeconds = total(() => 1);
  const decoding = total((pass) => pass.decoding) / cycleSeconds;
  const requestsPerSecond = cycle.requests / cycleSeconds;
  // time of a request in passes that compute its prompt, and in passes that decode
  const mixedSeconds = total(({ prompts }) => (prompts > 0 ? 1 : 0));
  const mixedPasses = sum(timed.map(({ prompts, passes }) => (prompts > 0 ? passes : 0)));
  const prefillSeconds =
    total(({ prompts }) => prompts) / cycle.requests + drainSeconds(replica, mixedSeconds / mixedPasses);
  const alone = decodeSeconds(replica, batch, meanContext(workload), drafts);
  const tpotSeconds =
    outputTokens === 1
      ? alone / tokensPerStep(draftsAt(drafts, meanContext(workload)))
      : total((pass) => pass.decoding) / cycle.requests / (outputTokens - 1);
  const addedSeconds = mixedSeconds - decodingBeside(replica, timed, drafts);
  const prefillShare = addedSeconds / cycleSeconds;
  const price = (part: number, tokens: number): number =>
    dollarsPerMillion(dollarsPerGpuHour, part * replica.gpus, requestsPerSecond * tokens, utilisation);
  const loadSeconds = replica.kvBytes(stored) / replica.loadBandwidth;
  const queueSeconds =
    waitOfMd1(mixedSeconds / cycle.requests, (utilisation * mixedSeconds) / cycleSeconds) +
    (groups > 1 && decoding >= groups ? holdSeconds(groups, utilisation * requestsPerSecond, alone) : 0);
  const ttftSeconds = queueSeconds + loadSeconds + prefillSeconds;
  const perGpu = requestsPerSecond / replica.gpus;
  return {
    batch,
    decoding,
    gpus: replica.gpus,
    queueSeconds,
    prefillSeconds,
    loadSeconds,
    transferSeconds: 0,
    ttftSeconds,
    firstAnswerSeconds: ttftSeconds + workload.thinkTokens * tpotSeconds,
    tpotSeconds,
    tokensPerSecondPerUser: 1 / tpotSeconds,
    requestsPerSecond,
    inputPerGpu: perGpu * inputTokens,
    outputPerGpu: perGpu * outputTokens,
    totalPerGpu: perGpu * (inputTokens + outputTokens),
    dollarsPerMillionInput: price(prefillShare, inputTokens),
    dollarsPerMillionOutput: price(1 - prefillShare, outputTokens),
    dollarsPerMillionTotal: price(1, inputTokens + outputTokens),
    ...memoryOf(replica, workload, batch),
  };
}

/** Time of a pass with the drafting that follows it, s. */
function secondsOf(replica: Replica, pass: AlikePasses, drafts: Drafting): number {
  const { decoding, contextTokens, prompts, newTokens, cachedTokens } = pass;
  const parts: Part[] = [];
  if (decoding > 0) parts.push(decodePart(decoding, contextTokens, drafts));
  if (prompts > 0) parts.push({ phase: "prefill", sequences: prompts, newTokens, cachedTokens });
  const drafting = decoding > 0 ? draftingSeconds(replica, decoding, contextTokens, drafts) : 0;
  return replica.stepSeconds(parts) + drafting;
}

/** Time that the passes with prompts would take without them, s. */
function decodingBeside(replica: Replica, passes: readonly AlikePasses[], drafts: Drafting): number {
  const mixed = meanPass(passes.filter(({ prompts, decoding }) => prompts > 0 && decoding > 0));
  return mixed.passes === 0 ? 0 : mixed.passes * secondsOf(replica, { ...mixed, prompts: 0 }, drafts);
}

/**
 * Share of its own rate that a replica of a split system reaches: prefill loses to bubbles between prompts, decoding to
 * empty slots of the batch.
 *
 * AIConfigurator, sdk/picking.py, _RATE_MATCHING_PREFILL_DEGRADATION_FACTOR and _RATE_MATCHING_DECODE_DEGRADATION_FACTOR,
 * https://github.com/ai-dynamo/aiconfigurator.
 */
export const rateMatch = { prefill: 0.9, decode: 0.92 } as const;

/**
 * Replicas that prefill and others that decode, in the numbers that their rates need: the smallest number of GPUs for a
 * rate, which may be a fraction of a replica. Caches move over the links.
 */
export function serveApart(
  { prefill, decode }: { readonly prefill: PrefillReplica; readonly decode: Replica },
  workload: Workload,
  batch: number,
  dollarsPerGpuHour: number,
): Served {
  const { inputTokens, outputTokens, drafts, utilisation } = workload;
  const { stored } = splitPrompt(workload);
  const { replica, sequences, seconds, drain } = prefill;
  const prefillRate = (rateMatch.prefill * sequences) / seconds;
  const prefillSeconds = seconds + drain;
  const tpotSeconds =
    decodeSeconds(decode, batch, meanContext(workload), drafts) /
    tokensPerStep(draftsAt(drafts, meanContext(workload)));
  const requestsPerSecond = (rateMatch.decode * batch) / (outputTokens * tpotSeconds);
  const prefillGpus = (replica.gpus * requestsPerSecond) / prefillRate;
  const gpus = decode.gpus + prefillGpus;
  const price = (of: number, tokens: number): number =>
    dollarsPerMillion(dollarsPerGpuHour, of, requestsPerSecond * tokens, utilisation);
  const loadSeconds = replica.kvBytes(stored) / replica.loadBandwidth;
  const transferSeconds =
    replica.kvBytes(inputTokens) / Math.min(replica.transferBandwidth, decode.transferBandwidth);
  const queueSeconds = waitOfMd1(seconds, rateMatch.prefill * utilisation);
  const ttftSeconds = queueSeconds + loadSeconds + prefillSeconds + transferSeconds;
  const perGpu = requestsPerSecond / gpus;
  return {
    batch,
    decoding: batch,
    gpus,
    queueSeconds,
    prefillSeconds,
    loadSeconds,
    transferSeconds,
    ttftSeconds,
    firstAnswerSeconds: ttftSeconds + workload.thinkTokens * tpotSeconds,
    tpotSeconds,
    tokensPerSecondPerUser: 1 / tpotSeconds,
    requestsPerSecond,
    inputPerGpu: perGpu * inputTokens,
    outputPerGpu: perGpu * outputTokens,
    totalPerGpu: perGpu * (inputTokens + outputTokens),
    dollarsPerMillionInput: price(prefillGpus, inputTokens),
    dollarsPerMillionOutput: price(decode.gpus, outputTokens),
    dollarsPerMillionTotal: price(gpus, inputTokens + outputTokens),
    ...memoryOf(decode, workload, batch),
  };
}
