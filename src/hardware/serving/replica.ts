import type { Random } from "../../core/random.ts";
import { acceptanceAt } from "./acceptance.ts";
import type { Acceptance } from "./acceptance.ts";

/** Sequences of a forward pass that all decode a token (or check a draft), or all compute a chunk of their prompts. */
export interface Part {
  readonly phase: "prefill" | "decode";
  readonly sequences: number;
  /** tokens of each sequence that the pass computes */
  readonly newTokens: number;
  /** tokens of each sequence that are in the cache before; their mean if sequences differ */
  readonly cachedTokens: number;
}

/** A copy of a model on some GPUs, in the form of serving. */
export interface Replica {
  readonly gpus: number;
  /** groups of GPUs that work side by side, each on its own sequences: the stages of all groups of caches */
  readonly groups: number;
  /** groups of GPUs that each hold the caches of their own sequences */
  readonly cacheGroups: number;
  /** Time of one forward pass of these sequences together, s. */
  stepSeconds(parts: readonly Part[]): number;
  /** Time of one pass of a multi-token-prediction layer over `newTokens` tokens of each of these sequences, s. */
  draftSeconds(sequences: number, newTokens: number, cachedTokens: number): number;
  /** Cache of one sequence of `tokens` tokens in HBM, B. */
  kvBytes(tokens: number): number;
  /** HBM of the replica that is left for caches, B; each group of caches has an equal share */
  readonly kvCapacity: number;
  /** memory of the replica's host processors, B; 0 without them */
  readonly hostCapacity: number;
  /** from the host processors' memory to all GPUs of the replica, B/s */
  readonly loadBandwidth: number;
  /** from all GPUs of the replica to another replica, B/s */
  readonly transferBandwidth: number;
}

/** Stages of layers that work side by side in each group of caches. */
const stagesOf = ({ groups, cacheGroups }: Pick<Replica, "groups" | "cacheGroups">): number =>
  groups / cacheGroups;

/**
 * Groups of caches, and most prompt tokens of each in a pass. In a pass every stage works on a chunk, and chunks of one
 * prompt may follow each other through the stages.
 *
 * @param chunkTokens most prompt tokens of a stage
 */
export const passLimits = (
  replica: Pick<Replica, "groups" | "cacheGroups">,
  chunkTokens: number,
): { readonly groups: number; readonly chunkTokens: number } => ({
  groups: replica.cacheGroups,
  chunkTokens: chunkTokens * stagesOf(replica),
});

/**
 * Time from the end of a pass to the end of its last chunk, s: the chunk still goes through the other stages, beside the
 * first chunks of the next pass.
 */
export const drainSeconds = (replica: Pick<Replica, "groups" | "cacheGroups">, passSeconds: number): number =>
  passSeconds * (1 - 1 / stagesOf(replica));

/** Tokens drafted before each decode step, and the probability that each is accepted. */
export interface Drafts {
  readonly tokens: number;
  readonly acceptance: number;
}

/** Tokens drafted before each decode step, whose acceptance may fall with the length of the cache. */
export interface Drafting {
  readonly tokens: number;
  readonly acceptance: Acceptance;
}

/** Drafts of a step whose sequences hold these tokens. */
export const draftsAt = ({ tokens, acceptance }: Drafting, contextTokens: number): Drafts => ({
  tokens,
  acceptance: acceptanceAt(acceptance, contextTokens),
});

/**
 * Tokens that a decode step yields. With n drafts, each accepted with probability a if the one before it was, they are
 * (1 - a^(n+1)) / (1 - a).
 *
 * Leviathan, Kalman and Matias 2023, "Fast inference from transformers via speculative decoding", equation 1,
 * https://arxiv.org/abs/2211.17192.
 */
export function tokensPerStep({ tokens, acceptance }: Drafts): number {
  let [sum, accepted] = [0, 1];
  for (let i = 0; i <= tokens; i++, accepted *= acceptance) sum += accepted;
  return sum;
}

/** Draws the tokens that a decode step yields. */
export function drawTokens({ tokens, acceptance }: Drafts, random: Random): number {
  let yielded = 1;
  while (yielded <= tokens && random.uniform() < acceptance) yielded++;
  return yielded;
}

/** Sequences that decode: each computes a token and checks its drafts. */
export const decodePart = (sequences: number, cachedTokens: number, drafts: Drafting): Part => ({
  phase: "decode",
  sequences,
  newTokens: 1 + drafts.tokens,
  cachedTokens,
});

/**
 * Time of drafting the tokens that a decode step checks, s: a pass of the drafting layer for each. The first reads the
 * tokens that the step before computed, in CUDA graphs those of rejected drafts too; the others read the draft before
 * them. Source: TensorRT-LLM, tech blog 2, "MTP Eagle".
 */
export const draftingSeconds = (
  replica: Pick<Replica, "draftSeconds">,
  sequences: number,
  cachedTokens: number,
  { tokens }: Drafting,
): number =>
  tokens === 0
    ? 0
    : replica.draftSeconds(sequences, 1 + tokens, cachedTokens) +
      (tokens - 1) * replica.draftSeconds(sequences, 1, cachedTokens);

/** Time of a decode step: the pass of the model, and the drafting that follows it, s. */
export const decodeSeconds = (
  replica: Replica,
  sequences: number,
  cachedTokens: number,
  drafts: Drafting,
): number =>
  replica.stepSeconds([decodePart(sequences, cachedTokens, drafts)]) +
  draftingSeconds(replica, sequences, cachedTokens, drafts);
