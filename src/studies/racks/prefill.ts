import { fits } from "../../deployment/memory.ts";
import { fastestPrefill } from "../../deployment/prefill.ts";
import type { PrefillAnswer } from "../../deployment/prefill.ts";
import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import { splitPrompt } from "../../hardware/serving/workload.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { divisionsFor, rackSettings, timedStart, undivided } from "./settings.ts";
import type { RackQuestion, TimedRow } from "./settings.ts";

/** Prefill of prompts by models on racks. */
export interface PrefillQuestion extends RackQuestion {
  /** prompts computed together */
  readonly prompts: number;
  /** share of each prompt that the cache already holds */
  readonly cacheHits: number;
  /** prompt tokens in a pass, of all prompts together (default: the fastest) */
  readonly chunk?: number | undefined;
  /** division of the model, as `tp=4,dp=2` (default: the fastest) */
  readonly parallel?: string | undefined;
}

/** The time of a prefill, which its parts add up to. */
export interface PrefillRow extends TimedRow {
  readonly prompts: number;
  readonly computedTokens: number;
  /** most prompt tokens in a pass, of all prompts together */
  readonly chunkTokens: number;
  readonly passes: number;
  readonly parallel: string;
  readonly gpus: number;
  readonly attentionSeconds: number | null;
  readonly feedForwardSeconds: number | null;
  readonly linkSeconds: number | null;
  /** of the output head; 0 with stages, of which the last one has it */
  readonly headSeconds: number | null;
  /** waiting for other stages of layers; 0 without stages */
  readonly waitSeconds: number | null;
  readonly seconds: number | null;
  readonly inputTokensPerSecondPerGpu: number | null;
  readonly flopsPerSecondPerGpu: number | null;
  readonly shortBytes: number;
  readonly hostShortBytes: number;
  /** null where the caches do not fit, like every time of the row */
  readonly time: OperatorTime | null;
}

/** Times of the prefills of a question. @throws UsageError for an unknown name or a model that cannot be divided */
export function prefillRows(question: PrefillQuestion, watch: Watch = unwatched): PrefillRow[] {
  const { prompts, cacheHits, chunk, parallel } = question;
  const settings = rackSettings(question);
  return watch.steps(settings.length, "settings", (onStep) =>
    settings.map((setting) => {
      const { tokens } = setting;
      const { computed, stored } = splitPrompt({ inputTokens: tokens, cacheHits });
      const prefilling = { prompts, tokens: computed, cachedTokens: stored, chunkTokens: chunk };
      const divisions = divisionsFor(setting, "prefill", parallel);
      const fastest = fastestPrefill(divisions, prefilling) ?? undivided(setting);
      const gpus = gpusOf(fastest.division.parallel);
      onStep();
      return {
        ...timedStart(setting),
        prompts,
        computedTokens: computed,
        chunkTokens: fastest.chunkTokens,
        passes: fastest.passes,
        parallel: formatParallel(fastest.division.parallel),
        gpus,
        ...(fits(fastest.lack) ? timesOf(fastest, (prompts * tokens) / gpus) : noTimes),
        shortBytes: fastest.lack.hbm,
        hostShortBytes: fastest.lack.host,
      };
    }),
  );
}

function timesOf({ division, seconds, time, flops, ...parts }: PrefillAnswer, tokensPerGpu: number) {
  return {
    attentionSeconds: parts.attentionSeconds,
    feedForwardSeconds: parts.feedForwardSeconds,
    linkSeconds: parts.linkSeconds,
    headSeconds: parts.headSeconds,
    waitSeconds: parts.waitSeconds,
    seconds,
    inputTokensPerSecondPerGpu: tokensPerGpu / seconds,
    flopsPerSecondPerGpu: flops / division.parallel.pp / seconds,
    time,
  };
}

/** Times of a prefill that cannot be done: the caches do not fit. */
const noTimes = {
  attentionSeconds: null,
  feedForwardSeconds: null,
  linkSeconds: null,
  headSeconds: null,
  waitSeconds: null,
  seconds: null,
  inputTokensPerSecondPerGpu: null,
  flopsPerSecondPerGpu: null,
  time: null,
};
