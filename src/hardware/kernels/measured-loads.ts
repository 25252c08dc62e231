import { Random } from "../../core/random.ts";
import { powerLawDraws } from "./expert-loads.ts";
import type { RankLoad, RoutingShape } from "./routing.ts";

/** Loads that kernels were measured with: experts in turn, or drawn from a power law with this exponent. */
export type MeasuredRouting = "balanced" | number;

const draws = 8;
const known = new Map<string, RankLoad>();

/**
 * Load of the busiest rank as AIConfigurator's collector lays it out (helper.py, balanced_logits and
 * _generate_power_law_distribution, commit 095f58a). Draws lie between 1 and .8 T, or between .01 and 2 if there are no
 * more pairs than experts. They are scaled to T k pairs, rounded, and at most T each. The mean over a few draws, always
 * the same.
 */
export function measuredLoad(shape: Omit<RoutingShape, "routing">, routing: MeasuredRouting): RankLoad {
  const { tokens, topK, experts, expertParallel } = shape;
  if (routing === "balanced") {
    const here = experts / expertParallel;
    const pairs = (tokens * topK) / expertParallel;
    return { pairs, touched: Math.min(here, Math.max(pairs, Math.min(1, here))) };
  }
  const key = [tokens, topK, experts, expertParallel, routing].join();
  const before = known.get(key);
  if (before) return before;
  const all = tokens * topK;
  const range = all > experts ? ([1, tokens * 0.8] as const) : ([0.01, 2] as const);
  const here = Math.max(1, Math.round(experts / expertParallel));
  const sum = { pairs: 0, touched: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const random = new Random("expert load").fork(experts).fork(draw);
    const loads = powerLawDraws(random, experts, routing, range);
    const scale = all / loads.reduce((total, load) => total + load, 0);
    let best: RankLoad = { pairs: -1, touched: 0 };
    for (let first = 0; first < experts; first += here) {
      const rank = loads
        .subarray(first, first + here)
        .map((load) => Math.min(tokens, Math.round(load * scale)));
      const pairs = rank.reduce((total, load) => total + load, 0);
      if (pairs > best.pairs) best = { pairs, touched: rank.filter((load) => load > 0).length };
    }
    sum.pairs += best.pairs / draws;
    sum.touched += best.touched / draws;
  }
  known.set(key, sum);
  return sum;
}
