import { servedApart, servedTogether } from "../../deployment/serving.ts";
import type { ServedPlan } from "../../deployment/serving.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { divisionsFor, gpuHourPrice, rackSettings, timedStart, undivided } from "./settings.ts";
import type { RackQuestion, TimedRow, RackSetting } from "./settings.ts";

/** Requests to models on racks. */
export interface ServeQuestion extends Omit<RackQuestion, "context"> {
  readonly workload: Workload;
  /** most sequences in a replica at once; each number is tried */
  readonly batch: readonly number[];
  /** dollars of a GPU-hour (default: the system's rental) */
  readonly price?: number | undefined;
  /** true: some replicas prefill and others decode */
  readonly apart?: boolean | undefined;
  /** divisions of the replicas, as `tp=4,dp=2` (default: the best) */
  readonly parallel?: string | undefined;
  readonly prefillParallel?: string | undefined;
}

/** The plan that gives a GPU the most tokens at a batch. */
export interface ServeRow extends TimedRow {
  /** most sequences in a replica at once */
  readonly batch: number;
  /** undefined if a request fits no plan */
  readonly plan: ServedPlan | undefined;
}

/** Settings of requests. The context is a whole request. */
export const servingSettings = (question: Omit<ServeQuestion, "batch">): RackSetting[] =>
  rackSettings({ ...question, context: [requestTokens(question.workload)] });

/** Tokens of a whole request. */
export const requestTokens = ({ inputTokens, outputTokens }: Workload): number => inputTokens + outputTokens;

/** The best plan of each setting at each batch. @throws UsageError for a model that cannot be divided */
export const serveRows = (question: ServeQuestion): ServeRow[] =>
  servingSettings(question).flatMap((setting) =>
    question.batch.map((batch) => ({
      ...timedStart(setting),
      tokens: question.workload.inputTokens,
      batch,
      plan: bestPlan(setting, question, [batch]),
    })),
  );

/** The plan of a setting that gives a GPU the most tokens at one of the batches; undefined if none fits. */
function bestPlan(
  setting: RackSetting,
  { workload, price, apart, parallel, prefillParallel }: Omit<ServeQuestion, "batch">,
  batches: readonly number[],
): ServedPlan | undefined {
  const serving = { workload, batches, dollarsPerGpuHour: gpuHourPrice(setting.system, price) };
  const decode = divisionsFor(setting, "decode", parallel);
  if (decode.length === 0) undivided(setting);
  const plans = apart
    ? servedApart({ prefill: divisionsFor(setting, "prefill", prefillParallel), decode }, serving)
    : servedTogether(decode, serving);
  return [...plans].sort((a, b) => b.served.totalPerGpu - a.served.totalPerGpu)[0];
}
