import { smoothRow } from "../hardware/serving/chunks.ts";
import { tokensPerStep } from "../hardware/serving/replica.ts";
import type { Drafts } from "../hardware/serving/replica.ts";
import { draftTime, passOf } from "../hardware/pass/pass.ts";
import type { Pass } from "../hardware/pass/pass.ts";
import { deploymentOf, replicaOf } from "./deployment.ts";
import type { DeploymentAsked } from "./deployment.ts";

/** Sequences that decode together, all of one length. */
export interface Decoding {
  readonly users: number;
  /** in the cache of each */
  readonly tokens: number;
  readonly drafts: Drafts;
}

/** A decode step of a model on GPUs. */
export interface DecodeAnswer {
  readonly asked: DeploymentAsked;
  readonly pass: Pass;
  /** drafting the tokens that the next step checks, s */
  readonly draftSeconds: number;
  readonly seconds: number;
  /** time of a token of each user: the step's over the tokens that it yields */
  readonly tpotSeconds: number;
  /** HBM that the caches lack, B; 0 where they fit */
  readonly shortBytes: number;
}

const shortOf = (asked: DeploymentAsked, users: number, tokens: number): number => {
  const { kvBytes, kvCapacity } = replicaOf(asked);
  return Math.max(0, users * kvBytes(tokens) - kvCapacity);
};

export function decodeOn(asked: DeploymentAsked, { users, tokens, drafts }: Decoding): DecodeAnswer {
  const deployment = deploymentOf(asked);
  const pass = passOf(deployment, [
    { phase: "decode", sequences: users, newTokens: 1 + drafts.tokens, cachedTokens: tokens },
  ]);
  const draftSeconds = drafts.tokens === 0 ? 0 : drafts.tokens * draftTime(deployment, users, tokens).seconds;
  const seconds = pass.time.seconds + draftSeconds;
  return {
    asked,
    pass,
    draftSeconds,
    seconds,
    tpotSeconds: seconds / tokensPerStep(drafts),
    shortBytes: shortOf(asked, users, tokens),
  };
}

/**
 * The plan on which a step is shortest, among those that the caches fit; where they fit none, the one that lacks the
 * least. Undefined without plans.
 */
export function fastestDecode(
  plans: readonly DeploymentAsked[],
  decoding: Decoding,
): DecodeAnswer | undefined {
  const lacks = plans.map((plan) => shortOf(plan, decoding.users, decoding.tokens));
  const least = Math.min(...lacks);
  return leastBy(
    plans.filter((_, i) => lacks[i] === least).map((plan) => decodeOn(plan, decoding)),
    ({ seconds }) => seconds,
  );
}

/** A prompt, or several of the same length, computed alone. */
export interface Prefilling {
  readonly prompts: number;
  /** tokens of each that are computed, and that are in the cache before */
  readonly tokens: number;
  readonly cachedTokens: number;
  /** tokens of all prompts in a pass, at most */
  readonly chunkTokens: number;
}

/** A prefill of a model on GPUs: its passes, which add up. */
export interface PrefillAnswer {
  readonly asked: DeploymentAsked;
  readonly passes: readonly Pass[];
  readonly seconds: number;
  readonly shortBytes: number;
}

/** The pass of a chunk of every prompt, by how many chunks went before. */
function chunksOf(
  asked: DeploymentAsked,
  prefilling: Prefilling,
): { count: number; pass: (i: number) => Pass } {
  const { prompts, tokens, cachedTokens, chunkTokens } = prefilling;
  const deployment = deploymentOf(asked);
  const chunk = Math.max(1, Math.floor(chunkTokens / prompts));
  return {
    count: Math.ceil(tokens / chunk),
    pass: (i) =>
      passOf(deployment, [
        {
          phase: "prefill",
          sequences: prompts,
          newTokens: Math.min(chunk, tokens - i * chunk),
          cachedTokens: cachedTokens + i * chunk,
        },
      ]),
  };
}

export function prefillOn(asked: DeploymentAsked, prefilling: Prefilling): PrefillAnswer {
  const { prompts, tokens, cachedTokens } = prefilling;
  const { count, pass } = chunksOf(asked, prefilling);
  const passes = Array.from({ length: count }, (_, i) => pass(i));
  return {
    asked,
    passes,
    seconds: passes.reduce((sum, { time }) => sum + time.seconds, 0),
    shortBytes: shortOf(asked, prompts, tokens + cachedTokens),
  };
}

/** The plan that is done first, among those that the caches fit, or that lack the least. Undefined without plans. */
export function fastestPrefill(
  plans: readonly DeploymentAsked[],
  prefilling: Prefilling,
): PrefillAnswer | undefined {
  const { prompts, tokens, cachedTokens } = prefilling;
  const lacks = plans.map((plan) => shortOf(plan, prompts, tokens + cachedTokens));
  const least = Math.min(...lacks);
  const estimated = (plan: DeploymentAsked): number => {
    const { count, pass } = chunksOf(plan, prefilling);
    return smoothRow(count, (i) => pass(i).time.seconds).reduce((sum, seconds) => sum + seconds, 0);
  };
  const fastest = leastBy(
    plans.filter((_, i) => lacks[i] === least).map((plan) => ({ plan, seconds: estimated(plan) })),
    ({ seconds }) => seconds,
  );
  return fastest && prefillOn(fastest.plan, prefilling);
}

const leastBy = <T>(members: readonly T[], measure: (member: T) => number): T | undefined =>
  members.reduce<T | undefined>(
    (least, member) => (least === undefined || measure(member) < measure(least) ? member : least),
    undefined,
  );
