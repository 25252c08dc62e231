import { Random } from "../../core/random.ts";

/**
 * Choice of experts: `random`, uniformly by chance; `balanced`, in turn, so that all experts have the same load; or a
 * number: loads are drawn from a power law with this exponent, and the busiest rank counts.
 */
export type Routing = "random" | "balanced" | number;

interface RoutingShape {
  readonly tokens: number;
  readonly topK: number;
  readonly experts: number;
  readonly expertParallel: number;
  /** `random` by default */
  readonly routing?: Routing;
}

/** Load of the busiest rank. */
interface RankLoad {
  /** pairs of a token and an expert */
  readonly pairs: number;
  /** experts that have a token */
  readonly touched: number;
}

export function hottestRank(shape: RoutingShape): RankLoad {
  const { tokens, topK, experts, expertParallel, routing = "random" } = shape;
  const here = experts / expertParallel;
  const pairs = (tokens * topK) / expertParallel;
  if (routing === "random") return { pairs, touched: here * (1 - (1 - topK / experts) ** tokens) };
  if (routing === "balanced") return { pairs, touched: Math.min(here, Math.max(pairs, Math.min(1, here))) };
  return powerLaw(shape, routing);
}

const draws = 8;
const known = new Map<string, RankLoad>();

/**
 * Draws loads by the power law of AIConfigurator's collector (helper.py, _generate_power_law_distribution, commit
 * 095f58a): between 1 and .8 T, or .01 and 2 if there are fewer pairs than experts; scaled to T k pairs, rounded, at most
 * T each. Mean load of the busiest rank over a few draws, which are always the same.
 */
function powerLaw({ tokens, topK, experts, expertParallel }: RoutingShape, exponent: number): RankLoad {
  const key = [tokens, topK, experts, expertParallel, exponent].join();
  const before = known.get(key);
  if (before) return before;
  const all = tokens * topK;
  const [low, high] = all > experts ? [1, tokens * 0.8] : [0.01, 2];
  const power = Math.abs(1 - exponent) < 1e-9 ? 1e-9 : 1 - exponent;
  const [a, b] = [low ** power, high ** power];
  const here = Math.max(1, Math.round(experts / expertParallel));
  const sum = { pairs: 0, touched: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const random = new Random("expert load").fork(experts).fork(draw);
    const loads = Float64Array.from(
      { length: experts },
      () => ((b - a) * random.uniform() + a) ** (1 / power),
    );
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
