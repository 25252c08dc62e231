/** Sequences of one kind in a forward pass: each decodes a token (or checks a draft), or computes a chunk of its prompt. */
export interface Part {
  readonly phase: "prefill" | "decode";
  readonly sequences: number;
  /** tokens of each sequence that the pass computes */
  readonly newTokens: number;
  /** tokens of each sequence that are in the cache before them; the mean where they differ */
  readonly cachedTokens: number;
}

/** A copy of a model on some GPUs: all that serving needs to know of it. */
export interface Replica {
  readonly gpus: number;
  /** parts of it that work on sequences of their own side by side, each on a share of a pass */
  readonly groups: number;
  /** time of one forward pass of these sequences together, s */
  stepSeconds(parts: readonly Part[]): number;
  /** time of one pass of a multi-token-prediction layer over so many sequences, s */
  draftSeconds(sequences: number, cachedTokens: number): number;
  /** cache of one sequence of so many tokens, in HBM, B */
  kvBytes(tokens: number): number;
  /** HBM of the replica that is left for caches, B */
  readonly kvCapacity: number;
  /** from the host processors' memory to the replica's GPUs together, B/s */
  readonly loadBandwidth: number;
  /** from the replica's GPUs together to another replica, B/s */
  readonly transferBandwidth: number;
}

/** Tokens that are drafted ahead of each decode step, and how likely each is to be accepted. */
export interface Drafts {
  readonly tokens: number;
  readonly acceptance: number;
}

/**
 * Tokens that a decode step yields: with n drafts, each accepted with probability a where the one before it was,
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

/** Sequences that decode, each a token and the drafts to check. */
export const decodePart = (sequences: number, cachedTokens: number, drafts: Drafts): Part => ({
  phase: "decode",
  sequences,
  newTokens: 1 + drafts.tokens,
  cachedTokens,
});

/** Time of drafting the tokens that a decode step checks: a pass of the drafting layer for each, s. */
export const draftingSeconds = (
  replica: Pick<Replica, "draftSeconds">,
  sequences: number,
  cachedTokens: number,
  { tokens }: Drafts,
): number => (tokens === 0 ? 0 : tokens * replica.draftSeconds(sequences, cachedTokens));

/** Time of a decode step: the pass of the model, and the drafting that follows it, s. */
export const decodeSeconds = (
  replica: Replica,
  sequences: number,
  cachedTokens: number,
  drafts: Drafts,
): number =>
  replica.stepSeconds([decodePart(sequences, cachedTokens, drafts)]) +
  draftingSeconds(replica, sequences, cachedTokens, drafts);
