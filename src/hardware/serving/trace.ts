import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { mean, quantile } from "../../core/stats.ts";
import type { Request } from "./arrivals.ts";
import { checkRequests } from "./arrivals.ts";
import { RunningBatch } from "./batch.ts";
import type { RunningRequest } from "./batch.ts";
import { draftingSeconds, draftsAt, drainSeconds, drawTokens, passLimits } from "./replica.ts";
import type { Drafting, Replica } from "./replica.ts";
import { splitPrompt } from "./workload.ts";

export interface TraceSettings {
  /** most sequences in a replica at once */
  readonly maxBatch: number;
  /** most prompt tokens of a group of the replica in a forward pass */
  readonly chunkTokens: number;
  readonly cacheHits: number;
  readonly drafts: Drafting;
  /** called with each finished request; the replay ends when it returns true, with the requests finished so far */
  readonly stop?: (trip: Trip) => boolean;
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

/** A request in the replica. */
interface Sequence extends RunningRequest {
  readonly request: Request;
  /** group of GPUs that holds its cache */
  readonly group: number;
  readonly kvBytes: number;
  firstToken: number;
}

/**
 * Serves a trace on a replica, one forward pass after another (`RunningBatch`). Requests are admitted in order of arrival, each
 * to the group with the most memory, when its cache at its full length fits there beside those admitted (so that nothing
 * is evicted) and a place in the batch is free. The pass that ends a prompt yields its first token; a pass that decodes
 * yields a token of each sequence and its accepted drafts. Scheduling takes no time.
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
  const { maxBatch, chunkTokens, drafts, cacheHits, stop } = settings;
  const accepted = random.fork("drafts");
  const trips: Trip[] = [];
  const batch = new RunningBatch<Sequence>({ ...passLimits(replica, chunkTokens), drafts });
  const room = replica.kvCapacity / replica.cacheGroups;
  const held = new Float64Array(replica.cacheGroups);
  let [now, next, busy, kv, peakKv, batchTime, steps] = [0, 0, 0, 0, 0, 0, 0];
  /** Time at which a request's stored prefix has been fetched. */
  const ready = ({ arrivalSeconds, inputTokens }: Request): number =>
    arrivalSeconds + replica.kvBytes(splitPrompt({ inputTokens, cacheHits }).stored) / replica.loadBandwidth;
  const tokensOf = ({ inputTokens, generated }: Sequence): number =>
    drawTokens(draftsAt(drafts, inputTokens + generated), accepted);

  let isStopped = false;
  while (!isStopped && (batch.size > 0 || next < requests.length)) {
    while (next < requests.length && batch.size < maxBatch) {
      const request = requests[next]!;
      const { inputTokens, outputTokens } = request;
      const kvBytes = replica.kvBytes(inputTokens + outputTokens);
      if (kvBytes > room)
        throw new UsageError(
          `request ${next + 1} of the trace does not fit: ${inputTokens} + ${outputTokens} tokens take ${kvBytes} B; a group of the replica has ${room} B for caches`,
        );
      const group = held.indexOf(Math.min(...held));
      if (ready(request) > now || held[group]! + kvBytes > room) break;
      const { stored } = splitPrompt({ inputTokens, cacheHits });
      batch.admit({ ...request, request, group, kvBytes, cached: stored, generated: 0, firstToken: NaN });
      held[group]! += kvBytes;
      kv += kvBytes;
      next++;
    }
    if (batch.size === 0) {
      now = ready(requests[next]!);
      continue;
    }
    peakKv = Math.max(peakKv, kv);

    const pass = batch.next();
    const { parts, decoding, contextTokens } = pass;
    const draft = decoding > 0 ? draftingSeconds(replica, decoding, contextTokens, drafts) : 0;
    const step = replica.stepSeconds(parts) + draft;
    now += step;
    busy += step;
    batchTime += step * decoding;
    steps++;

    const { read, finished } = batch.finish(pass, 1, tokensOf);
    for (const sequence of read) sequence.firstToken = now + drainSeconds(replica, step);
    for (const { request, firstToken, kvBytes, group } of finished) {
      const trip = { request, firstToken, finished: Math.max(now, firstToken) };
      trips.push(trip);
      held[group]! -= kvBytes;
      kv -= kvBytes;
      isStopped ||= stop?.(trip) ?? false;
    }
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

/** Times of a request, s. */
export interface TripTimes {
  readonly ttftSeconds: number;
  /** after the first token, for each token after it; NaN for a request of one token */
  readonly tpotSeconds: number;
  readonly requestSeconds: number;
}

export const timesOf = ({ request, firstToken, finished }: Trip): TripTimes => ({
  ttftSeconds: firstToken - request.arrivalSeconds,
  tpotSeconds: request.outputTokens > 1 ? (finished - firstToken) / (request.outputTokens - 1) : NaN,
  requestSeconds: finished - request.arrivalSeconds,
});

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
  const times = trips.map(timesOf);
  const sum = (of: (request: Request) => number): number =>
    trips.reduce((total, { request }) => total + of(request), 0);
  return {
    ttftSeconds: percentiles(times.map(({ ttftSeconds }) => ttftSeconds)),
    tpotSeconds: percentiles(
      times.map(({ tpotSeconds }) => tpotSeconds).filter((seconds) => !Number.isNaN(seconds)),
    ),
    requestSeconds: percentiles(times.map(({ requestSeconds }) => requestSeconds)),
    requestsPerSecond: trips.length / seconds,
    inputPerSecond: sum(({ inputTokens }) => inputTokens) / seconds,
    outputPerSecond: sum(({ outputTokens }) => outputTokens) / seconds,
    utilisation: busySeconds / seconds,
    peakKvShare: peakKvBytes / replica.kvCapacity,
    meanBatch,
  };
}
