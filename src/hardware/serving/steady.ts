import { groupBy } from "../../core/group.ts";
import { Random } from "../../core/random.ts";
import { mean } from "../../core/stats.ts";
import { RunningBatch } from "./batch.ts";
import type { BatchRules, RunningRequest } from "./batch.ts";
import { draftsAt, drawTokens } from "./replica.ts";
import type { Drafts } from "./replica.ts";
import { meanContext, splitPrompt } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** Passes that are alike, in means over them. */
export interface AlikePasses {
  readonly passes: number;
  /** sequences that decode, and tokens in the cache of each */
  readonly decoding: number;
  readonly contextTokens: number;
  /** prompts of which the pass computes a chunk; 0 for none */
  readonly prompts: number;
  readonly newTokens: number;
  readonly cachedTokens: number;
}

/** A cycle of a replica that is never short of requests. */
export interface Cycle {
  /** requests that are finished in the cycle */
  readonly requests: number;
  readonly passes: readonly AlikePasses[];
}

/**
 * Mean number of decode steps that yield `tokens` tokens. Each step yields one token and its accepted drafts. With n
 * drafts, each accepted with probability a if the one before it was, step j + 1 of them has probability a^j (1 - a), and
 * n + 1 has a^n.
 */
export function stepsFor(tokens: number, { tokens: drafts, acceptance }: Drafts): number {
  if (drafts === 0 || acceptance === 0) return tokens;
  const steps = new Float64Array(tokens + 1);
  for (let left = 1; left <= tokens; left++) {
    let [sum, reached] = [1, 1];
    for (let yielded = 1; yielded <= drafts + 1; yielded++) {
      const stays = yielded <= drafts ? reached * (1 - acceptance) : reached;
      sum += stays * steps[Math.max(0, left - yielded)]!;
      reached *= acceptance;
    }
    steps[left] = sum;
  }
  return steps[tokens]!;
}

/** Sequences with which every pass can carry as many prompt tokens as fit; more of them would only wait. */
export function mostSequences(groups: number, workload: Workload): number {
  const { chunkTokens, outputTokens } = workload;
  const drafts = draftsAt(workload.drafts, meanContext(workload));
  const { computed } = splitPrompt(workload);
  const chunks = Math.ceil(computed / chunkTokens);
  const together = groups * Math.max(1, Math.floor(chunkTokens / computed));
  const steps = Math.round(stepsFor(outputTokens - 1, drafts));
  return together * Math.ceil((steps + chunks) / chunks);
}

/** Cycles that stand for all if drafts are drawn. */
const drawnCycles = 8;

/**
 * The cycle of a replica in which `size` users wait for their answers, and each asks again as soon as it has its answer.
 * It is a replay (`RunningBatch`) without times, since times decide nothing while requests never lack. All users ask at first;
 * the cycle is the second in which as many requests are finished as there are users.
 */
export function cycleOf(rules: Omit<BatchRules, "drafts">, workload: Workload, size: number): Cycle {
  const { inputTokens, outputTokens } = workload;
  const drafts = draftsAt(workload.drafts, meanContext(workload));
  const { stored } = splitPrompt(workload);
  // the first token comes from the prompt
  const steps = Math.round(stepsFor(outputTokens - 1, drafts));
  const perStep = steps === 0 ? 1 : (outputTokens - 1) / steps;
  const batch = new RunningBatch<RunningRequest>({ ...rules, drafts });
  const drawn = drafts.tokens > 0 && size < 2 * rules.groups ? new Random("cycle") : undefined;
  let [finished, missing] = [0, size];
  const run = (): AlikePasses => {
    for (; missing > 0; missing--)
      batch.admit({
        inputTokens,
        outputTokens: drawn ? outputTokens : steps + 1,
        cached: stored,
        generated: 0,
      });
    const pass = batch.next();
    const { decoding, contextTokens, chunks } = pass;
    const alike = drawn ? 1 : pass.alike;
    missing = batch.finish(pass, alike, () => (drawn ? drawTokens(drafts, drawn) : alike)).finished.length;
    finished += missing;
    const decoded = contextTokens - inputTokens - 1 + (alike - 1) / 2;
    return {
      passes: alike,
      decoding,
      contextTokens: decoding === 0 ? 0 : inputTokens + 1 + decoded * (drawn ? 1 : perStep),
      prompts: chunks.length,
      newTokens: chunks.length === 0 ? 0 : mean(chunks.map(({ newTokens }) => newTokens)),
      cachedTokens: chunks.length === 0 ? 0 : mean(chunks.map(({ cachedTokens }) => cachedTokens)),
    };
  };
  const cycles = drawn ? drawnCycles : 1;
  while (finished < cycles * size) run();
  const before = finished;
  const seen: AlikePasses[] = [];
  while (finished < before + cycles * size) seen.push(run());
  return { requests: finished - before, passes: merged(seen, rules.groups) };
}

/** Most kinds of passes without prompts that are told apart, and of passes with them. */
const most = 10;

/** The same passes in fewer kinds: those in which about as many sequences decode, or prompts are about as far, are one. */
function merged(passes: readonly AlikePasses[], groups: number): AlikePasses[] {
  const places = groupBy(passes, ({ prompts }) => Math.min(prompts, prompts > groups ? groups + 1 : 1));
  return [...places.values()].flatMap((alike) => {
    const sorted = alike.toSorted((a, b) => a.cachedTokens - b.cachedTokens || a.decoding - b.decoding);
    const total = sum(sorted, ({ passes }) => passes);
    let done = 0;
    const runs = groupBy(sorted, ({ passes }) => {
      const kind = Math.floor((most * (done + passes / 2)) / total);
      done += passes;
      return kind;
    });
    return [...runs.values()].map(meanPass);
  });
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);

/** Passes in means over them; lengths are means over sequences. */
export function meanPass(kind: readonly AlikePasses[]): AlikePasses {
  const passes = sum(kind, (each) => each.passes);
  const decoding = sum(kind, (each) => each.passes * each.decoding);
  const prompts = sum(kind, (each) => each.passes * each.prompts);
  const over = (total: number, of: (each: AlikePasses) => number): number =>
    total === 0 ? 0 : sum(kind, of) / total;
  return {
    passes,
    decoding: passes === 0 ? 0 : decoding / passes,
    contextTokens: over(decoding, (each) => each.passes * each.decoding * each.contextTokens),
    prompts: passes === 0 ? 0 : prompts / passes,
    newTokens: over(prompts, (each) => each.passes * each.prompts * each.newTokens),
    cachedTokens: over(prompts, (each) => each.passes * each.prompts * each.cachedTokens),
  };
}
