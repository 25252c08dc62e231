import type { Source } from "../../core/entry.ts";

/** Tokens that a step yields at a length of the cache: one, and the drafts that are accepted. */
interface YieldedTokens {
  /** tokens in the cache */
  readonly tokens: number;
  readonly perStep: number;
}

/** Acceptance of drafts that falls with the length of the cache, as it was measured. */
export interface AcceptanceCurve {
  readonly name: string;
  /** drafts of each step that it was measured with */
  readonly drafts: number;
  /** in order of length; beyond both ends the nearest holds, and between two the logarithm of the length decides */
  readonly points: readonly [YieldedTokens, ...YieldedTokens[]];
  readonly sources: readonly Source[];
  readonly note?: string;
}

/** Probability that a draft is accepted if the one before it was: one number, or by the length of the cache. */
export type Acceptance = number | AcceptanceCurve;

/** Tokens that a step yields at a length, with the drafts that the curve was measured with. */
export function yieldAt({ points }: AcceptanceCurve, tokens: number): number {
  const after = points.findIndex((point) => point.tokens >= tokens);
  if (after === 0) return points[0].perStep;
  const last = points.at(-1)!;
  if (after === -1) return last.perStep;
  const [left, right] = [points[after - 1]!, points[after]!];
  const share = Math.log(tokens / left.tokens) / Math.log(right.tokens / left.tokens);
  return left.perStep + share * (right.perStep - left.perStep);
}

/** Probability that a draft is accepted, if the one before it was, when the cache holds these tokens. */
export const acceptanceAt = (acceptance: Acceptance, tokens: number): number =>
  typeof acceptance === "number" ? acceptance : shareFor(yieldAt(acceptance, tokens), acceptance.drafts);

/** The probability with which a step of n drafts yields 1 + a + ... + a^n tokens, found by halving. */
function shareFor(perStep: number, drafts: number): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    let yielded = 1;
    for (let draft = 0; draft < drafts; draft++) yielded = 1 + middle * yielded;
    if (yielded < perStep) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
