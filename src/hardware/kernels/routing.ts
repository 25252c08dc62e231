import { decimal } from "../../core/decimal.ts";
import { UsageError } from "../../core/errors.ts";
import { slotsOf } from "./eplb.ts";
import { expectedMost } from "./expected-most.ts";
import { rankShares } from "./rank-shares.ts";
import type { PowerLaw } from "./rank-shares.ts";

/** How tokens fall on experts: the same load on every rank, or by a power law. */
export type Routing = "even" | PowerLaw;

/** Tokens, experts, and the ranks that share the experts. */
export interface RoutingShape {
  readonly tokens: number;
  readonly topK: number;
  readonly experts: number;
  readonly expertParallel: number;
  /** default: even */
  readonly routing?: Routing | undefined;
}

/** Load of a rank. */
export interface RankLoad {
  /** pairs of a token and an expert */
  readonly pairs: number;
  /** experts that have a token */
  readonly touched: number;
}

/**
 * AIConfigurator's exponents: 1.01 for DeepSeek, Kimi, MiniMax-M3, Nemotron and others, 1.2 for its oldest mixtures and
 * Qwen3.5 (sdk/models, commit 095f58a; `workload_distribution` is a power law by default).
 */
const usualExponent = 1.01;

/**
 * Routing unless another is asked for: balanced, as every published deployment over many GPUs is (DeepSeek's day 6,
 * https://lmsys.org/blog/2025-05-05-large-scale-ep, TensorRT-LLM's wide expert parallelism).
 */
export const usualRouting: Routing = { exponent: usualExponent, copies: "usual" };

export const routingHelp =
  "even, power-law[=exponent], eplb[=copies], or both as power-law=1.2+eplb=64: how tokens fall on experts";

/**
 * Reads `even`, `power-law`, `power-law=1.2`, `eplb`, `eplb=64` or `power-law=1.2+eplb=64`.
 *
 * @throws UsageError for anything else, an exponent outside [0, 4] or copies outside [0, 4096]
 */
export function parseRouting(text: string): Routing {
  if (text === "even") return "even";
  const match = /^(?:power-law(?:=([^+]+))?)?(?:(^|\+)eplb(?:=(.+))?)?$/.exec(text);
  if (!match || text === "") throw new UsageError(`routing must be ${routingHelp}; got "${text}"`);
  const [, exponentText, balanced, copiesText] = match;
  const exponent = exponentText === undefined ? usualExponent : decimal(exponentText);
  if (!(exponent >= 0 && exponent <= 4))
    throw new UsageError(`routing: the exponent of power-law must be from 0 to 4; got "${exponentText}"`);
  if (balanced === undefined) return { exponent };
  const copies = copiesText === undefined ? "usual" : decimal(copiesText);
  if (copies !== "usual" && !(Number.isInteger(copies) && copies >= 0 && copies <= 4096))
    throw new UsageError(
      `routing: the copies of eplb must be an integer from 0 to 4096; got "${copiesText}"`,
    );
  return { exponent, copies };
}

/** The routing as `parseRouting` reads it. */
export function formatRouting(routing: Routing): string {
  if (routing === "even") return routing;
  const { exponent, copies } = routing;
  const balancer = copies === "usual" ? "eplb" : `eplb=${copies}`;
  if (copies === undefined) return `power-law=${exponent}`;
  return exponent === usualExponent ? balancer : `power-law=${exponent}+${balancer}`;
}

/** Experts that all ranks together hold, copies included. */
export const heldExperts = (experts: number, ranks: number, routing: Routing = "even"): number =>
  routing === "even" || routing.copies === undefined ? experts : slotsOf(experts, routing.copies, ranks);

const known = new Map<string, RankLoad>();

/**
 * Expected load of the busiest rank. Each token chooses its experts by their popularities. Loads of ranks are normal
 * around their means, with the variance of `topK` draws without replacement. Even routing has mean loads, without that
 * chance.
 */
export function hottestRank(shape: RoutingShape): RankLoad {
  const { tokens, topK, experts, expertParallel, routing = "even" } = shape;
  if (routing === "even")
    return {
      pairs: (tokens * topK) / expertParallel,
      touched: (experts / expertParallel) * (1 - (1 - topK / experts) ** tokens),
    };
  const key = [tokens, topK, experts, expertParallel, formatRouting(routing)].join();
  const before = known.get(key);
  if (before) return before;
  const { ranks, busiest } = rankShares(shape, routing);
  const spread = (tokens * topK * (experts - topK)) / Math.max(1, experts - 1);
  const most = expectedMost(
    ranks.map((share) => ({
      mean: tokens * share,
      deviation: Math.sqrt(Math.max(0, spread * (share / topK) * (1 - share / topK))),
    })),
  );
  const load = {
    pairs: Math.min(most, tokens * Math.min(topK, busiest.length)),
    touched: busiest.reduce((sum, chance) => sum + (1 - (1 - chance) ** tokens), 0),
  };
  known.set(key, load);
  return load;
}

/** Pairs on the busiest rank over the mean of all ranks: 1 for even routing. */
export const loadFactor = (shape: RoutingShape): number =>
  (hottestRank(shape).pairs * shape.expertParallel) / (shape.tokens * shape.topK);

/** Share of the tokens that have an expert on a rank with this share of all pairs. */
const arriving = (share: number, topK: number): number => 1 - (1 - Math.min(1, share)) ** topK;

/** Tokens with an expert on the busiest rank, over those of a rank with the mean load: 1 for even routing. */
export function arrivalFactor(shape: RoutingShape): number {
  const { topK, expertParallel } = shape;
  return arriving(loadFactor(shape) / expertParallel, topK) / arriving(1 / expertParallel, topK);
}

/** Tokens with an expert on the busiest rank. */
export const arrivingTokens = (shape: RoutingShape): number =>
  shape.tokens * arriving(loadFactor(shape) / shape.expertParallel, shape.topK);
