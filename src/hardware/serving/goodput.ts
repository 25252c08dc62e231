import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import type { Request } from "./arrivals.ts";
import { breachOf, keepsLevels } from "./levels.ts";
import type { ServiceLevel } from "./levels.ts";
import type { Replica } from "./replica.ts";
import { serveTrace, summarise } from "./trace.ts";
import type { TraceSettings, TraceSummary } from "./trace.ts";

/** A search for the largest rate at which a replica keeps service levels. */
export interface GoodputQuestion {
  readonly replica: Replica;
  /** requests whose arrivals are scaled to each rate */
  readonly requests: readonly Request[];
  readonly settings: TraceSettings;
  readonly levels: readonly ServiceLevel[];
  /** largest rate that is tried, requests/s: that of a replica whose requests never lack */
  readonly most: number;
  /** of the drafts that are accepted */
  readonly seed: string;
  /** called after each replay */
  readonly onReplay?: () => void;
}

/** The largest rate at which levels are kept. */
export interface Goodput {
  /** requests/s */
  readonly rate: number;
  /** true if the levels are kept at the largest rate that is tried */
  readonly isMost: boolean;
  /** times and rates of the replay at this rate */
  readonly summary: TraceSummary;
}

/** Halvings of the largest rate until the search gives up. */
const halvings = 6;
/** Halvings of the interval between a rate that keeps the levels and twice that rate: to 1% of it. */
const bisections = 7;

/** Most replays of a search. */
export const mostReplays = 1 + halvings + bisections;

/** Mean rate of requests, 1/s. @throws UsageError if all arrive at once */
export function rateOf(requests: readonly Request[]): number {
  const last = requests.at(-1)!.arrivalSeconds;
  if (last === 0) throw new UsageError("a trace whose requests all arrive at 0 s has no rate to scale");
  return requests.length / last;
}

/**
 * The goodput of a replica: the largest rate at which a replay keeps all levels, found by bisection with the same arrivals,
 * scaled in time. Undefined if a 64th of the largest rate does not keep them.
 *
 * Zhong et al. 2024, DistServe, arXiv 2401.09670, section 1: the most requests a second whose latencies keep their
 * objectives.
 */
export function goodputOf(question: GoodputQuestion): Goodput | undefined {
  const { most } = question;
  let [kept, broken] = [replayAt(question, most), Infinity];
  if (kept !== undefined) return { rate: most, isMost: true, summary: kept };
  let rate = most;
  for (let i = 0; i < halvings && kept === undefined; i++) {
    [broken, rate] = [rate, rate / 2];
    kept = replayAt(question, rate);
  }
  if (kept === undefined) return undefined;
  for (let i = 0; i < bisections; i++) {
    const middle = (rate + broken) / 2;
    const found = replayAt(question, middle);
    if (found === undefined) broken = middle;
    else [rate, kept] = [middle, found];
  }
  return { rate, isMost: false, summary: kept };
}

/** Times and rates of a replay at a rate; undefined if it breaks a level. */
function replayAt(question: GoodputQuestion, rate: number): TraceSummary | undefined {
  const { replica, requests, settings, levels, seed, onReplay } = question;
  const scale = rateOf(requests) / rate;
  const scaled = requests.map((request) => ({ ...request, arrivalSeconds: request.arrivalSeconds * scale }));
  const stop = breachOf(levels, scaled);
  const result = serveTrace(replica, scaled, { ...settings, stop }, new Random(seed));
  onReplay?.();
  // a replay that was stopped lacks requests
  if (result.trips.length < scaled.length) return undefined;
  const summary = summarise(replica, result);
  return keepsLevels(summary, levels) ? summary : undefined;
}
