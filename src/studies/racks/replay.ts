import { UsageError } from "../../core/errors.ts";
import { mean } from "../../core/stats.ts";
import { Random } from "../../core/random.ts";
import type { Division } from "../../deployment/division.ts";
import { memoryOn } from "../../deployment/memory.ts";
import { replicaOf } from "../../deployment/replica.ts";
import { servedTogether } from "../../deployment/serving.ts";
import type { ServedPlan, Serving } from "../../deployment/serving.ts";
import { readTrace } from "../../files/trace.ts";
import type { RequestTrace } from "../../files/trace.ts";
import type { Users } from "../../hardware/serving/arrival-source.ts";
import { drawArrivals } from "../../hardware/serving/arrivals.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";
import type { PrefixTier } from "../../hardware/serving/prefix-cache.ts";
import { goodputOf, mostReplays, rateOf } from "../../hardware/serving/goodput.ts";
import type { Goodput } from "../../hardware/serving/goodput.ts";
import type { ServiceLevel } from "../../hardware/serving/levels.ts";
import type { Replica } from "../../hardware/serving/replica.ts";
import { serveTrace, summarise } from "../../hardware/serving/trace.ts";
import type { TraceSettings, TraceSummary } from "../../hardware/serving/trace.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import type { ServeQuestion } from "./serve.ts";
import { divisionsFor, gpuHourPrice, rackSettings, timedStart, undivided } from "./settings.ts";
import type { TimedRow, RackSetting } from "./settings.ts";

/** Requests to replay on one replica of each setting. */
export interface ReplayQuestion extends ServeQuestion {
  /** file of requests; without it requests are drawn */
  readonly trace?: string | undefined;
  /** requests to draw, their number a second and the variation of the times between them */
  readonly requests: number;
  readonly rate?: number | undefined;
  readonly variation: number;
  readonly seed: number;
  /** where blocks of prompts are kept that a trace names */
  readonly prefixCache: PrefixTier;
  /** users of a closed loop, and the time that each thinks, s */
  readonly users?: number | undefined;
  readonly thinkTime?: number | undefined;
}

/** Times and rates of the requests of a replay. */
export interface ReplayRow extends TimedRow, TraceSummary {
  /** most sequences at once */
  readonly batch: number;
  readonly plan: ServedPlan;
  readonly requests: number;
}

/** The requests of a replay: those of its trace, or drawn ones. @throws UsageError for a file that is no trace */
export function traceOf(question: ReplayQuestion): RequestTrace {
  const { trace, requests, rate = 1, variation, seed, workload } = question;
  if (trace !== undefined) return readTrace(trace);
  const { inputTokens, outputTokens } = workload;
  const random = new Random(`replay/${seed}`).fork("arrivals");
  const drawn = drawArrivals({ requests, rate, variation, inputTokens, outputTokens }, random);
  return { format: "drawn", requests: drawn, leftOut: 0 };
}

/** Tokens of the longest request. */
export const longestOf = (requests: readonly Request[]): number =>
  requests.reduce((most, { inputTokens, outputTokens }) => Math.max(most, inputTokens + outputTokens), 0);

/** A replica of a setting, and what it takes to replay requests on it. */
interface Replayed {
  readonly setting: RackSetting;
  readonly plan: ServedPlan;
  readonly replica: Replica;
  readonly settings: TraceSettings;
  /** of the drafts that are accepted */
  readonly seed: string;
}

/** Users of a closed loop. @throws UsageError for a time to think without users, and users beside a rate */
function usersOf({ users, thinkTime, rate }: ReplayQuestion): Users | undefined {
  if (users === undefined && thinkTime !== undefined)
    throw new UsageError("--think-time is of the users of a closed loop; give --users too");
  if (users !== undefined && rate !== undefined)
    throw new UsageError("--users ask when they have their answers; leave --rate out");
  return users === undefined ? undefined : { count: users, thinkSeconds: thinkTime };
}

/**
 * A replica of each setting. Its division is the one that gives a GPU the most tokens with the largest batch, or the one
 * whose caches fit, at the requests' mean lengths.
 *
 * @throws UsageError where the longest request fits no division
 */
function replicasFor(question: ReplayQuestion, requests: readonly Request[]): (() => Replayed)[] {
  if (question.apart)
    throw new UsageError("a replay is of replicas that both prefill and decode; leave --apart out");
  const { cacheHits, drafts, chunkTokens } = question.workload;
  const workload = meanWorkload(question.workload, requests);
  const longest = longestOf(requests);
  const maxBatch = Math.max(...question.batch);
  return rackSettings({ ...question, context: [longest] }).map((setting) => () => {
    const divisions = divisionsThatHold(setting, question.parallel, longest);
    const dollarsPerGpuHour = gpuHourPrice(setting.system, question.price);
    const plan = bestOf(divisions, { workload, batches: [maxBatch], dollarsPerGpuHour });
    return {
      setting,
      plan,
      replica: replicaOf(plan.decode),
      settings: {
        maxBatch,
        chunkTokens,
        cacheHits,
        drafts,
        prefixTier: question.prefixCache,
        users: usersOf(question),
      },
      seed: `replay/${question.seed}`,
    };
  });
}

/**
 * Replays requests on one replica of each setting.
 *
 * @param requests of the question, from `traceOf`
 * @throws UsageError where the longest request fits no division
 */
export function replayRows(
  question: ReplayQuestion,
  requests: readonly Request[],
  watch: Watch = unwatched,
): ReplayRow[] {
  const replicas = replicasFor(question, requests);
  return watch.steps(replicas.length, "replays", (onStep) =>
    replicas.map((find) => {
      const { setting, plan, replica, settings, seed } = find();
      const result = serveTrace(replica, requests, settings, new Random(seed));
      onStep();
      return {
        ...timedStart(setting),
        batch: settings.maxBatch,
        plan,
        requests: requests.length,
        ...summarise(replica, result),
      };
    }),
  );
}

/** The largest rate at which a replica keeps service levels, with the times and rates of its replay. */
export interface GoodputRow extends TimedRow {
  /** most sequences at once */
  readonly batch: number;
  readonly plan: ServedPlan;
  readonly requests: number;
  /** undefined if no rate that was tried keeps the levels */
  readonly found: Goodput | undefined;
}

/**
 * Finds the largest rate at which one replica of each setting keeps service levels. Arrivals keep their order and their
 * lengths, and are scaled in time.
 *
 * @throws UsageError where the longest request fits no division, or all requests of a trace arrive at once
 */
export function goodputRows(
  question: ReplayQuestion,
  { requests, levels }: { requests: readonly Request[]; levels: readonly ServiceLevel[] },
  watch: Watch = unwatched,
): GoodputRow[] {
  if (question.rate !== undefined) throw new UsageError("--slo finds the largest rate; leave --rate out");
  if (question.users !== undefined)
    throw new UsageError("--slo finds the largest rate of an open loop; leave --users out");
  rateOf(requests);
  const replicas = replicasFor(question, requests);
  return watch.steps(replicas.length * mostReplays, "replays", (onStep) =>
    replicas.map((find) => {
      const { setting, plan, replica, settings, seed } = find();
      const most = plan.served.requestsPerSecond;
      const found = goodputOf({ replica, requests, settings, levels, most, seed, onReplay: onStep });
      return { ...timedStart(setting), batch: settings.maxBatch, plan, requests: requests.length, found };
    }),
  );
}

/** A workload with the requests' mean lengths. */
export const meanWorkload = (workload: Workload, requests: readonly Request[]): Workload => ({
  ...workload,
  inputTokens: Math.round(mean(requests.map(({ inputTokens }) => inputTokens))),
  outputTokens: Math.round(mean(requests.map(({ outputTokens }) => outputTokens))),
  thinkTokens: 0,
});

/** Divisions of a setting that hold a request of `tokens` tokens. @throws UsageError where none does */
function divisionsThatHold(setting: RackSetting, parallel: string | undefined, tokens: number): Division[] {
  const all = divisionsFor(setting, "decode", parallel);
  if (all.length === 0) undivided(setting);
  const holding = all.filter((division) => memoryOn(division, tokens).users >= 1);
  const { model, system } = setting.names;
  if (holding.length === 0)
    throw new UsageError(
      `the longest request, of ${tokens} tokens, does not fit ${model} on ${system}${parallel === undefined ? ", however it is divided" : ` as ${parallel}`}`,
    );
  return holding;
}

/** The plan that gives a GPU the most tokens. @throws RangeError where the divisions hold no request of mean length */
function bestOf(divisions: readonly Division[], serving: Serving): ServedPlan {
  const [best] = servedTogether(divisions, serving).sort(
    (a, b) => b.served.totalPerGpu - a.served.totalPerGpu,
  );
  if (best === undefined)
    throw new RangeError("a division that holds the longest request must hold one of mean length");
  return best;
}
