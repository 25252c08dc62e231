import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { mean, quantile } from "../../core/stats.ts";
import type { Request } from "./arrivals.ts";
import { checkRequests } from "./arrivals.ts";
import { decodePart, draftingSeconds } from "./replica.ts";
import type { Drafts, Part, Replica } from "./replica.ts";
import { splitPrompt } from "./workload.ts";

export interface TraceSettings {
  /** most sequences in a replica at once */
  readonly maxBatch: number;
  /** most prompt tokens of a group of the replica in a forward pass */
  readonly chunkTokens: number;
  readonly cacheHits: number;
  readonly drafts: Drafts;
  /** called from time to time with the number of finished requests */
  readonly onProgress?: (done: number) => void;
}

/** Times at which a request was served, s from the start of the trace. */
export interface Trip {
  readonly request: Request;
  readonly firstToken: number;
  readonly finished: number;
}

export interface TraceResult {
  readonly trips: readonly Trip[];
  /** time in which forward passes ran, s */
  readonly busySeconds: number;
  /** from the first arrival to the last token, s */
  readonly seconds: number;
  /** largest cache held at once, B */
  readonly peakKvBytes: number;
  readonly meanBatch: number;
  readonly steps: number;
}

interface Sequence {
  readonly request: Request;
  readonly kvBytes: number;
  /** tokens of the prompt in the cache */
  cached: number;
  generated: number;
  firstToken: number;
}

/**
 * Serves a trace on a replica, one forward pass after another. Requests are admitted in order of arrival, each when its
 * cache at its full length fits beside those admitted (so that nothing is evicted) and a place in the batch is free. A
 * pass decodes a token of every sequence whose prompt has been read (and the accepted drafts), and computes up to
 * `chunkTokens` of the other prompts, first come first served. The pass that ends a prompt yields its first token.
 *
 * Continuous batching: Yu et al. 2022, Orca, OSDI. Chunked prefill beside decoding: Agrawal et al. 2024, Sarathi-Serve,
 * arXiv 2403.02310. Simplified: sequences that decode, and chunks, all have their mean length; scheduling takes no time.
 *
 * @param random decides which drafts are accepted
 * @throws UsageError for requests out of order, or a request that does not fit even alone
 */
export function serveTrace(
  replica: Replica,
  requests: readonly Request[],
  settings: TraceSettings,
  random: Random,
): TraceResult {
  checkRequests(requests);
  const { maxBatch, chunkTokens, drafts, cacheHits, onProgress } = settings;
  const accepted = random.fork("drafts");
  const trips: Trip[] = [];
  let running: Sequence[] = [];
  let [now, next, busy, kv, peakKv, batchTime, steps] = [0, 0, 0, 0, 0, 0, 0];
  /** Time at which a request's stored prefix has been fetched. */
  const ready = ({ arrivalSeconds, inputTokens }: Request): number =>
    arrivalSeconds + replica.kvBytes(splitPrompt({ inputTokens, cacheHits }).stored) / replica.loadBandwidth;

  while (running.length > 0 || next < requests.length) {
    while (next < requests.length && running.length < maxBatch) {
      const request = requests[next]!;
      const { inputTokens, outputTokens } = request;
      const kvBytes = replica.kvBytes(inputTokens + outputTokens);
      if (kvBytes > replica.kvCapacity)
        throw new UsageError(
          `request ${next + 1} of the trace does not fit: ${inputTokens} + ${outputTokens} tokens take ${kvBytes} B; the replica has ${replica.kvCapacity} B for caches`,
        );
      if (ready(request) > now || kv + kvBytes > replica.kvCapacity) break;
      const { stored } = splitPrompt({ inputTokens, cacheHits });
      running.push({ request, kvBytes, cached: stored, generated: 0, firstToken: NaN });
      kv += kvBytes;
      next++;
    }
    if (running.length === 0) {
      now = ready(requests[next]!);
      continue;
    }
    peakKv = Math.max(peakKv, kv);

    const decoding = running.filter(({ generated }) => generated > 0);
    const parts: Part[] = [];
    if (decoding.length > 0) {
      const context = mean(decoding.map(({ request, generated }) => request.inputTokens + generated));
      parts.push(decodePart(decoding.length, context, drafts));
    }
    let room = chunkTokens * replica.groups;
    const chunks: [Sequence, number][] = [];
    for (const sequence of running) {
      if (room === 0) break;
      if (sequence.generated > 0) continue;
      const newTokens = Math.min(room, chunkTokens, sequence.request.inputTokens - sequence.cached);
      room -= newTokens;
      chunks.push([sequence, newTokens]);
    }
    if (chunks.length > 0)
      parts.push({
        phase: "prefill",
        sequences: chunks.length,
        newTokens: mean(chunks.map(([, newTokens]) => newTokens)),
        cachedTokens: mean(chunks.map(([{ cached }]) => cached)),
      });
    const draft =
      decoding.length > 0 ? draftingSeconds(replica, decoding.length, parts[0]!.cachedTokens, drafts) : 0;
    const step = replica.stepSeconds(parts) + draft;
    now += step;
    busy += step;
    batchTime += step * decoding.length;
    steps++;

    for (const sequence of decoding) {
      sequence.generated++;
      for (let i = 0; i < drafts.tokens && accepted.uniform() < drafts.acceptance; i++) sequence.generated++;
    }
    for (const [sequence, newTokens] of chunks) {
      sequence.cached += newTokens;
      if (sequence.cached < sequence.request.inputTokens) continue;
      sequence.generated = 1;
      sequence.firstToken = now;
    }
    running = running.filter(({ request, generated, firstToken, kvBytes }) => {
      if (generated < request.outputTokens) return true;
      trips.push({ request, firstToken, finished: now });
      kv -= kvBytes;
      onProgress?.(trips.length);
      return false;
    });
  }
  return {
    trips,
    busySeconds: busy,
    seconds: now - requests[0]!.arrivalSeconds,
    peakKvBytes: peakKv,
    meanBatch: batchTime / busy,
    steps,
  };
}

export interface Percentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const percentiles = (values: readonly number[]): Percentiles => {
  const sorted = Float64Array.from(values).sort();
  return {
    mean: mean(sorted),
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
  };
};

export interface TraceSummary {
  readonly ttftSeconds: Percentiles;
  /** requests of more than one token: time after the first token over the tokens after it; NaN without such requests */
  readonly tpotSeconds: Percentiles;
  readonly requestSeconds: Percentiles;
  readonly requestsPerSecond: number;
  readonly inputPerSecond: number;
  readonly outputPerSecond: number;
  /** share of the time in which passes ran */
  readonly utilisation: number;
  /** largest used share of the replica's HBM for caches */
  readonly peakKvShare: number;
  readonly meanBatch: number;
}

export function summarise(replica: Replica, result: TraceResult): TraceSummary {
  const { trips, busySeconds, seconds, peakKvBytes, meanBatch } = result;
  const sum = (of: (request: Request) => number): number =>
    trips.reduce((total, { request }) => total + of(request), 0);
  return {
    ttftSeconds: percentiles(trips.map(({ request, firstToken }) => firstToken - request.arrivalSeconds)),
    tpotSeconds: percentiles(
      trips
        .filter(({ request }) => request.outputTokens > 1)
        .map(({ request, firstToken, finished }) => (finished - firstToken) / (request.outputTokens - 1)),
    ),
    requestSeconds: percentiles(trips.map(({ request, finished }) => finished - request.arrivalSeconds)),
    requestsPerSecond: trips.length / seconds,
    inputPerSecond: sum(({ inputTokens }) => inputTokens) / seconds,
    outputPerSecond: sum(({ outputTokens }) => outputTokens) / seconds,
    utilisation: busySeconds / seconds,
    peakKvShare: peakKvBytes / replica.kvCapacity,
    meanBatch,
  };
}
