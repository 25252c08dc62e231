import { randomCount } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import { readsAll, randomRows } from "./reads.ts";
import type { SoftmaxRead } from "./reads.ts";
import { bestTokens } from "./tokens.ts";

/** A budget, decided before the question or with it in sight. */
interface Keeping {
  readonly budget: number;
  /** last tokens of the context in the budget */
  readonly recent: number;
  /** whether scores know the question */
  readonly queryAware: boolean;
  /** correlation of the scores of two matches, whose keys are alike for every query */
  readonly alike: number;
}

/**
 * A read of the tokens that a budget keeps: the last tokens, and those of largest score among the others. Without the
 * question a match has the score of any token. With it, matches come first for the query that the question asks.
 */
export function readsKept(crowd: Crowd, { budget, recent, queryAware, alike }: Keeping): SoftmaxRead {
  if (budget >= crowd.tokens) return readsAll(crowd);
  if (queryAware && crowd.asked) return bestTokens(crowd, budget);
  const last = Math.min(budget, recent + (queryAware ? 0 : crowd.tail));
  const share = (budget - last) / (crowd.tokens - last);
  return {
    kind: "softmax",
    gate: 1,
    match: share,
    members: share,
    alike,
    recent: { tokens: last, read: true },
    ...randomRows(crowd, (budget / crowd.tokens) * randomCount(crowd)),
  };
}

/** Correlation of two matches' scores by their own keys, which share their code. */
export const ownAlike = ({ fidelity: rho }: Crowd): number => rho * rho;

/**
 * Correlation of scores averaged over `pool` tokens: the anchor, tokens of its record before it, other tokens after it.
 */
export function pooledAlike({ fidelity: rho, coherence: c, recordTokens }: Crowd, pool: number): number {
  const members = Math.min(Math.floor(pool / 2), recordTokens - 1);
  const shared = rho + members * Math.sqrt(c);
  return (shared * shared) / (shared * shared + pool - rho * rho - members * c);
}
