import { smoothRow } from "./chunks.ts";
import { dollarsPerMillion } from "./price.ts";
import { waitOfMd1 } from "./queue.ts";
import { decodePart, decodeSeconds, draftingSeconds, tokensPerStep } from "./replica.ts";
import type { Part, Replica } from "./replica.ts";
import { splitPrompt } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** Speeds for users of a system, and prices. Rates hold while the GPUs work; prices include idle time. */
export interface Served {
  /** sequences that decode at the same time in a replica */
  readonly batch: number;
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

/** Mean number of tokens in the cache of a sequence while it decodes. */
const meanContext = ({ inputTokens, outputTokens }: Workload): number => inputTokens + outputTokens / 2;

/** Times of the passes that compute the prompts of `sequences` sequences in chunks, beside other parts, s each. */
function prefillPasses(
  replica: Replica,
  workload: Workload,
  sequences: number,
  beside: readonly Part[] = [],
): number[] {
  const { computed, stored } = splitPrompt(workload);
  const { chunkTokens } = workload;
  return smoothRow(Math.ceil(computed / chunkTokens), (i) => {
    const done = i * chunkTokens;
    const newTokens = Math.min(chunkTokens, computed - done);
    return replica.stepSeconds([
      ...beside,
      { phase: "prefill", sequences, newTokens, cachedTokens: stored + done },
    ]);
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Number of prompts that fill a pass, and the time until they are computed, s. */
export function prefillAlone(replica: Replica, workload: Workload): { sequences: number; seconds: number } {
  const sequences =
    replica.groups * Math.max(1, Math.floor(workload.chunkTokens / splitPrompt(workload).computed));
  return { sequences, seconds: sum(prefillPasses(replica, workload, sequences)) };
}

const memoryOf = (replica: Replica, { inputTokens, outputTokens }: Workload, batch: number) => {
  const kvBytes = batch * replica.kvBytes(inputTokens + outputTokens);
  return { kvBytes, kvCapacity: replica.kvCapacity, fits: kvBytes <= replica.kvCapacity };
};

/**
 * Replicas that decode and prefill at once, in a steady state. While `batch` sequences decode, prompts of the next
 * sequences are computed in chunks beside them, as soon as they arrive. Either some passes carry a chunk, or all passes
 * carry the prompts that arrive during one. If full chunks do not supply enough prompts, fewer than `batch` sequences
 * decode.
 */
export function serveTogether(
  replica: Replica,
  workload: Workload,
  batch: number,
  dollarsPerGpuHour: number,
): Served {
  const { inputTokens, outputTokens, drafts, utilisation, chunkTokens } = workload;
  const { computed, stored } = splitPrompt(workload);
  const perStep = tokensPerStep(drafts);
  const steps = outputTokens / perStep;
  const chunks = Math.ceil(computed / chunkTokens);
  // prompt tokens that a pass can compute, and that it must compute to keep the batch full
  const most = replica.groups * (chunks === 1 ? chunkTokens : computed / chunks);
  const sustained = Math.min(batch, (most * steps) / computed);
  const needed = (sustained * computed) / steps;
  const prompts = Math.max(1, (needed * chunks) / computed);
  const context = meanContext(workload);
  const drafting = draftingSeconds(replica, sustained, context, drafts);
  const alone = decodeSeconds(replica, sustained, context, drafts);
  const decoding = decodePart(sustained, context, drafts);
  const passes = prefillPasses(replica, workload, prompts, [decoding]).map((seconds) => seconds + drafting);
  const prefillSeconds = sum(passes);
  const mixed = prefillSeconds / chunks;
  // share of passes that carry prompt tokens
  const share = (needed * chunks) / (prompts * computed);
  const step = share * mixed + (1 - share) * alone;
  const tpotSeconds = step / perStep;
  const requestsPerSecond = sustained / (outputTokens * tpotSeconds);
  // share of a step's time that its prompt tokens add
  const prefillShare = (share * (mixed - alone)) / step;
  const price = (part: number, tokens: number): number =>
    dollarsPerMillion(dollarsPerGpuHour, part * replica.gpus, requestsPerSecond * tokens, utilisation);
  const loadSeconds = replica.kvBytes(stored) / replica.loadBandwidth;
  const queueSeconds = waitOfMd1(prefillSeconds / prompts, utilisation * share);
  const ttftSeconds = queueSeconds + loadSeconds + prefillSeconds;
  const perGpu = requestsPerSecond / replica.gpus;
  return {
    batch: sustained,
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
    ...memoryOf(replica, workload, sustained),
  };
}

/**
 * Share of its own rate that a replica of a split system reaches: prefill loses to bubbles between prompts, decoding to
 * empty slots of the batch.
 *
 * AIConfigurator, sdk/picking.py, _RATE_MATCHING_PREFILL_DEGRADATION_FACTOR and _RATE_MATCHING_DECODE_DEGRADATION_FACTOR,
 * https://github.com/ai-dynamo/aiconfigurator.
 */
const rateMatch = { prefill: 0.9, decode: 0.92 } as const;

/**
 * Replicas that prefill and others that decode, in the numbers that their rates need: the smallest number of GPUs for a
 * rate, which may be a fraction of a replica. Caches move over the links.
 */
export function serveApart(
  { prefill, decode }: { prefill: Replica; decode: Replica },
  workload: Workload,
  batch: number,
  dollarsPerGpuHour: number,
): Served {
  const { inputTokens, outputTokens, drafts, utilisation } = workload;
  const { stored } = splitPrompt(workload);
  const { sequences, seconds: prefillSeconds } = prefillAlone(prefill, workload);
  const prefillRate = (rateMatch.prefill * sequences) / prefillSeconds;
  const tpotSeconds = decodeSeconds(decode, batch, meanContext(workload), drafts) / tokensPerStep(drafts);
  const requestsPerSecond = (rateMatch.decode * batch) / (outputTokens * tpotSeconds);
  const prefillGpus = (prefill.gpus * requestsPerSecond) / prefillRate;
  const gpus = decode.gpus + prefillGpus;
  const price = (of: number, tokens: number): number =>
    dollarsPerMillion(dollarsPerGpuHour, of, requestsPerSecond * tokens, utilisation);
  const loadSeconds = prefill.kvBytes(stored) / prefill.loadBandwidth;
  const transferSeconds =
    prefill.kvBytes(inputTokens) / Math.min(prefill.transferBandwidth, decode.transferBandwidth);
  const queueSeconds = waitOfMd1(prefillSeconds, rateMatch.prefill * utilisation);
  const ttftSeconds = queueSeconds + loadSeconds + prefillSeconds + transferSeconds;
  const perGpu = requestsPerSecond / gpus;
  return {
    batch,
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
