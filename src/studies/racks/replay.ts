import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { replicaOf } from "../../deployment/replica.ts";
import type { ServedPlan } from "../../deployment/serving.ts";
import { readTrace } from "../../files/trace.ts";
import { drawArrivals } from "../../hardware/serving/arrivals.ts";
import { serveTrace, summarise } from "../../hardware/serving/trace.ts";
import type { TraceSummary } from "../../hardware/serving/trace.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { bestPlan, servingSettings } from "./serve.ts";
import type { ServeQuestion } from "./serve.ts";
import { rowStart } from "./settings.ts";
import type { RackRow, RackSetting } from "./settings.ts";

/** Requests to replay on one replica of each setting. */
export interface ReplayQuestion extends ServeQuestion {
  /** CSV file of requests; without it requests are random */
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

/**
 * Replays requests on one replica of each setting. Its division gives a GPU the most tokens at the largest batch that fits.
 *
 * @throws UsageError when no batch fits
 */
export function replayRows(question: ReplayQuestion, watch: Watch = unwatched): ReplayRow[] {
  const { workload, batch, trace, requests, rate = 1, variation, seed } = question;
  const settings = servingSettings(question);
  const { inputTokens, outputTokens, cacheHits, drafts, chunkTokens } = workload;
  const maxBatch = Math.max(...batch);
  return watch.steps(settings.length, "replays", (onStep) =>
    settings.map((setting) => {
      const plan = largestPlan(setting, question);
      const random = new Random(`replay/${seed}`);
      const arrivals =
        trace !== undefined
          ? readTrace(trace)
          : drawArrivals({ requests, rate, variation, inputTokens, outputTokens }, random.fork("arrivals"));
      const replica = replicaOf(plan.decode);
      const result = serveTrace(replica, arrivals, { maxBatch, chunkTokens, cacheHits, drafts }, random);
      onStep();
      return {
        ...rowStart(setting),
        tokens: inputTokens,
        batch: maxBatch,
        plan,
        requests: arrivals.length,
        ...summarise(replica, result),
      };
    }),
  );
}

/** The best plan of the largest batch that fits. */
function largestPlan(setting: RackSetting, question: ReplayQuestion): ServedPlan {
  for (const batch of [...question.batch].sort((a, b) => b - a)) {
    const plan = bestPlan(setting, question, [batch]);
    if (plan !== undefined) return plan;
  }
  const { model, system } = setting.names;
  throw new UsageError(
    `the caches of ${Math.min(...question.batch)} requests of ${model} fit no division on ${system}; give a smaller --batch or --input`,
  );
}
