import type { Random } from "../../core/random.ts";
import { mean, quantile } from "../../core/stats.ts";
import { closedLoop, openLoop } from "./arrival-source.ts";
import type { Users } from "./arrival-source.ts";
import type { Request } from "./arrivals.ts";
import { checkRequests } from "./arrivals.ts";
import { RunningBatch } from "./batch.ts";
import type { RunningRequest } from "./batch.ts";
import { GroupCaches } from "./group-caches.ts";
import type { CachePlace } from "./group-caches.ts";
import type { PrefixCounts, PrefixTier } from "./prefix-cache.ts";
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
  /** where blocks of prompts are kept that the trace names; default: nowhere */
  readonly prefixTier?: PrefixTier;
  /** users of a closed loop, who wait for answers; without them requests ask at their times */
  readonly users?: Users | undefined;
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
  /** of a trace that names blocks, with a prefix cache */
  readonly prefix?: PrefixCounts;
}

/** A request in the replica. */
interface Sequence extends RunningRequest {
  readonly request: Request;
  readonly place: CachePlace;
  firstToken: number;
}

/**
 * Serves a trace on a replica, one forward pass after another (`RunningBatch`). Requests are admitted in order of arrival, each
 * to the group that holds most of its prompt, and of these the one with the most memory, when its cache at its full
 * length fits there beside those admitted (so that no running request is evicted) and a place in the batch is free.
 * Blocks that the host's memory holds are loaded before the prompt is computed. The pass that ends a prompt yields its
 * first token; a pass that decodes yields a token of each sequence and its accepted drafts. Scheduling takes no time.
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
  const { maxBatch, chunkTokens, drafts, cacheHits, stop, users, prefixTier = "off" } = settings;
  const accepted = random.fork("drafts");
  const trips: Trip[] = [];
  const batch = new RunningBatch<Sequence>({ ...passLimits(replica, chunkTokens), drafts });
  const caches = new GroupCaches(replica, prefixTier);
  const source = users === undefined ? openLoop(requests) : closedLoop(requests, users);
  /** admitted sequences whose blocks are on their way from the host's memory, by the time at which they are there */
  const loading: { readonly sequence: Sequence; readonly at: number }[] = [];
  let [now, busy, peakKv, batchTime, steps] = [0, 0, 0, 0, 0];
  /** Time at which a request's stored prefix has been fetched. */
  const ready = ({ arrivalSeconds, inputTokens }: Request): number =>
    arrivalSeconds + replica.kvBytes(splitPrompt({ inputTokens, cacheHits }).stored) / replica.loadBandwidth;
  const tokensOf = ({ inputTokens, generated }: Sequence): number =>
    drawTokens(draftsAt(drafts, inputTokens + generated), accepted);

  let isStopped = false;
  while (!isStopped && (batch.size > 0 || loading.length > 0 || !source.isDone)) {
    while (source.next !== undefined && batch.size + loading.length < maxBatch) {
      const request = source.next;
      caches.check(request);
      if (ready(request) > now) break;
      const place = caches.admit(request);
      if (place === undefined) break;
      source.take();
      const cached = Math.max(
        splitPrompt({ inputTokens: request.inputTokens, cacheHits }).stored,
        place.held.hbmTokens + place.held.hostTokens,
      );
      const sequence = { ...request, request, place, cached, generated: 0, firstToken: NaN };
      if (place.loadSeconds > 0) loading.push({ sequence, at: now + place.loadSeconds });
      else batch.admit(sequence);
    }
    for (const { sequence } of taken(loading, ({ at }) => at <= now)) batch.admit(sequence);
    if (batch.size === 0) {
      // a request that has come and was not admitted waits for one that loads
      const next = source.next === undefined || ready(source.next) <= now ? Infinity : ready(source.next);
      now = loading.reduce((least, { at }) => Math.min(least, at), next);
      continue;
    }
    peakKv = Math.max(peakKv, caches.heldBytes);

    const pass = batch.next();
    const { parts, decoding, contextTokens } = pass;
    const draft = decoding > 0 ? draftingSeconds(replica, decoding, contextTokens, drafts) : 0;
    const step = replica.stepSeconds(parts) + draft;
    now += step;
    busy += step;
    batchTime += step * decoding;
    steps++;

    const { read, finished } = batch.finish(pass, 1, tokensOf);
    for (const sequence of read) {
      sequence.firstToken = now + drainSeconds(replica, step);
      caches.computed(sequence.place);
    }
    for (const { request, firstToken, place } of finished) {
      const trip = { request, firstToken, finished: Math.max(now, firstToken) };
      trips.push(trip);
      caches.release(place);
      source.answered(request, trip.finished);
      isStopped ||= stop?.(trip) ?? false;
    }
  }
  const { prefix } = caches;
  return {
    trips,
    busySeconds: busy,
    seconds: now - (users === undefined ? requests[0]!.arrivalSeconds : 0),
    peakKvBytes: peakKv,
    meanBatch: batchTime / busy,
    steps,
    ...(prefix && { prefix }),
  };
}

/** Takes the items of a list for which something holds out of it. */
function taken<T>(list: T[], holds: (item: T) => boolean): T[] {
  const out = list.filter(holds);
  if (out.length > 0) list.splice(0, list.length, ...list.filter((item) => !holds(item)));
  return out;
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
  /** of a trace that names blocks, with a prefix cache */
  readonly prefix?: PrefixCounts;
}

export function summarise(replica: Replica, result: TraceResult): TraceSummary {
  const { trips, busySeconds, seconds, peakKvBytes, meanBatch, prefix } = result;
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
    ...(prefix && { prefix }),
  };
}
