import { UsageError, unknownName } from "../../core/errors.ts";
import { splitList } from "../../core/list.ts";
import { formatSeconds, parseQuantity } from "../../core/units.ts";
import type { Request } from "./arrivals.ts";
import { timesOf } from "./trace.ts";
import type { Percentiles, Trip, TripTimes } from "./trace.ts";

/** Times that levels bound, by their names in a text. */
const measures = { ttft: "ttftSeconds", tpot: "tpotSeconds", e2e: "requestSeconds" } as const;

const shares = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

const statistics = ["mean", "p50", "p90", "p99"] as const satisfies readonly (keyof Percentiles)[];

const keys = Object.keys(measures).flatMap((measure) =>
  statistics.map((statistic) => `${measure}-${statistic}`),
);

/** A service level: a mean or percentile of a time that must not be longer than a limit. */
export interface ServiceLevel {
  readonly measure: (typeof measures)[keyof typeof measures];
  readonly statistic: (typeof statistics)[number];
  readonly seconds: number;
}

/** Names of levels, for help texts. */
export const levelHelp = `${Object.keys(measures).join(", ")}, each with -${statistics.join(", -")}`;

/**
 * Reads `ttft-p99=2s,tpot-p99=30ms`: time to the first token (ttft), time of a token (tpot) and time of a whole request
 * (e2e).
 *
 * @throws UsageError for a key that is unknown or given twice, or a value that is no time > 0
 */
export function parseLevels(text: string): ServiceLevel[] {
  const given = new Set<string>();
  const levels = splitList(text).map((item): ServiceLevel => {
    const [key = "", ...value] = item.split("=").map((part) => part.trim());
    if (!keys.includes(key)) unknownName("service level", key, keys);
    if (given.has(key)) throw new UsageError(`service level ${key} is given twice (in "${text}")`);
    given.add(key);
    const seconds = parseQuantity(`service level ${key}`, value.join("="), "s");
    const [measure, statistic] = key.split("-") as [keyof typeof measures, ServiceLevel["statistic"]];
    return { measure: measures[measure], statistic, seconds };
  });
  if (levels.length === 0)
    throw new UsageError(`service levels are KEY=TIME, as ttft-p99=2s; allowed: ${keys.join(", ")}`);
  return levels;
}

/** Levels in words: `TTFT p99 <= 2 s`. */
export const formatLevels = (levels: readonly ServiceLevel[]): string => {
  const names = { ttftSeconds: "TTFT", tpotSeconds: "TPOT", requestSeconds: "E2E" } as const;
  return levels
    .map(({ measure, statistic, seconds }) => `${names[measure]} ${statistic} <= ${formatSeconds(seconds)}`)
    .join(", ");
};

/** Whether times keep all levels. A level of TPOT is kept by requests of one token, which have none. */
export const keepsLevels = (
  summary: Readonly<Record<ServiceLevel["measure"], Percentiles>>,
  levels: readonly ServiceLevel[],
): boolean => !levels.some(({ measure, statistic, seconds }) => summary[measure][statistic] > seconds);

/**
 * Watches finished requests, and says as soon as a percentile is certain to be over its limit: when more requests are over
 * it than may be.
 */
export function breachOf(
  levels: readonly ServiceLevel[],
  requests: readonly Request[],
): (trip: Trip) => boolean {
  const counted = levels.flatMap(({ measure, statistic, seconds }) => {
    if (statistic === "mean") return [];
    const of = measure === "tpotSeconds" ? requests.filter(({ outputTokens }) => outputTokens > 1) : requests;
    // a percentile lies between the two values around its place in the order
    const allowed = of.length - 1 - Math.floor(shares[statistic] * (of.length - 1));
    return [{ measure, seconds, left: allowed }];
  });
  return (trip) => {
    const times: TripTimes = timesOf(trip);
    let isOver = false;
    for (const level of counted) if (times[level.measure] > level.seconds && --level.left < 0) isOver = true;
    return isOver;
  };
}
