import { randomCount } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";
import { readsAll, randomRows } from "./reads.ts";
import type { SoftmaxRead } from "./reads.ts";
import { bestTokens } from "./tokens.ts";

/** How a budget was decided before the question was asked, or with it in sight. */
interface Keeping {
  readonly budget: number;
  /** of these the last ones of the context */
  readonly recent: number;
  /** whether scores know the question */
  readonly queryAware: boolean;
  /** correlation of the scores of two matches, whose keys are alike whatever asks */
  readonly alike: number;
}

/**
 * What a budget keeps: the last tokens, and of the others those of largest score. Without the question a match has the
 * score of any other token; with it matches come first, to the query that the question asks.
 */
export function readsKept(crowd: Crowd, { budget, recent, queryAware, alike }: Keeping): SoftmaxRead {
  if (budget >= crowd.tokens) return readsAll(crowd);
  if (queryAware && crowd.asked) return bestTokens(crowd, budget);
  const last = Math.min(budget, recent + (queryAware ? 0 : crowd.tail));
  const share = (budget - last) / (crowd.tokens - last);
  return {
    kind: "softmax",
    gate: 1,
    ...{ match: share, members: share, alike },
    recent: { tokens: last, read: true },
    ...randomRows(crowd, (budget / crowd.tokens) * randomCount(crowd)),
  };
}

/** Correlation of two matches' scores by their own keys: what both share is their code. */
export const ownAlike = ({ fidelity: rho }: Crowd): number => rho * rho;

/** The same of scores that are averaged over `pool` tokens: the anchor, tokens of its record before it, others after it. */
export function pooledAlike({ fidelity: rho, coherence: c, recordTokens }: Crowd, pool: number): number {
  const members = Math.min(Math.floor(pool / 2), recordTokens - 1);
  const shared = rho + members * Math.sqrt(c);
  return (shared * shared) / (shared * shared + pool - rho * rho - members * c);
}
