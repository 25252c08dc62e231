import { UsageError } from "../../core/errors.ts";
import { mean } from "../../core/stats.ts";
import { Random } from "../../core/random.ts";
import type { Division } from "../../deployment/division.ts";
import { memoryOn } from "../../deployment/memory.ts";
import { replicaOf } from "../../deployment/replica.ts";
import { servedTogether } from "../../deployment/serving.ts";
import type { ServedPlan, Serving } from "../../deployment/serving.ts";
import { readTrace } from "../../files/trace.ts";
import { drawArrivals } from "../../hardware/serving/arrivals.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";
import { serveTrace, summarise } from "../../hardware/serving/trace.ts";
import type { TraceSummary } from "../../hardware/serving/trace.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import type { ServeQuestion } from "./serve.ts";
import { divisionsFor, gpuHourPrice, rackSettings, rowStart, undivided } from "./settings.ts";
import type { RackRow, RackSetting } from "./settings.ts";

/** Requests to replay on one replica of each setting. */
export interface ReplayQuestion extends ServeQuestion {
  /** file of requests; without it requests are drawn */
  readonly trace?: string | undefined;
  /** requests to draw, their number a second and the variation of the times between them */
  readonly requests: number;
  readonly rate?: number | undefined;
  readonly variation: number;
  readonly seed: number;
}

/** Times and rates of the requests of a replay. */
export interface ReplayRow extends RackRow, TraceSummary {
  /** most sequences at once */
  readonly batch: number;
  readonly plan: ServedPlan;
  readonly requests: number;
}

/** The requests of a replay: those of its trace, or drawn ones. @throws UsageError for a file that is no trace */
export function requestsOf(question: ReplayQuestion): Request[] {
  const { trace, requests, rate = 1, variation, seed, workload } = question;
  if (trace !== undefined) return readTrace(trace);
  const { inputTokens, outputTokens } = workload;
  const random = new Random(`replay/${seed}`).fork("arrivals");
  return drawArrivals({ requests, rate, variation, inputTokens, outputTokens }, random);
}

/** Tokens of the longest request. */
const longestOf = (requests: readonly Request[]): number =>
  requests.reduce((most, { inputTokens, outputTokens }) => Math.max(most, inputTokens + outputTokens), 0);

/**
 * Replays requests on one replica of each setting. Its division is the one that gives a GPU the most tokens with the
 * largest batch, or the one whose caches fit, at the requests' mean lengths.
 *
 * @param requests of the question, from `requestsOf`
 * @throws UsageError where the longest request fits no division
 */
export function replayRows(
  question: ReplayQuestion,
  requests: readonly Request[],
  watch: Watch = unwatched,
): ReplayRow[] {
  if (question.apart)
    throw new UsageError("a replay is of replicas that both prefill and decode; leave --apart out");
  const { batch, seed } = question;
  const { cacheHits, drafts, chunkTokens } = question.workload;
  const workload = meanWorkload(question.workload, requests);
  const longest = longestOf(requests);
  const settings = rackSettings({ ...question, context: [longest] });
  const maxBatch = Math.max(...batch);
  return watch.steps(settings.length, "replays", (onStep) =>
    settings.map((setting) => {
      const divisions = divisionsThatHold(setting, question.parallel, longest);
      const dollarsPerGpuHour = gpuHourPrice(setting.system, question.price);
      const plan = bestOf(divisions, { workload, batches: [maxBatch], dollarsPerGpuHour });
      const replica = replicaOf(plan.decode);
      const random = new Random(`replay/${seed}`);
      const result = serveTrace(replica, requests, { maxBatch, chunkTokens, cacheHits, drafts }, random);
      onStep();
      return {
        ...rowStart(setting),
        batch: maxBatch,
        plan,
        requests: requests.length,
        ...summarise(replica, result),
      };
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
