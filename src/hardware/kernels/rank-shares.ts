import { remember } from "../../core/remember.ts";
import { balance, slotsOf } from "./eplb.ts";
import type { Copies } from "./eplb.ts";
import { loadRange, popularity } from "./expert-loads.ts";

/** Experts whose popularities follow a power law, on ranks in turn or as a load balancer places them. */
export interface PowerLaw {
  readonly exponent: number;
  /** further copies of hot experts that DeepSeek's load balancer places; left out without the balancer */
  readonly copies?: Copies;
}

/** Tokens of a pass, experts, those that a token chooses, and the ranks that share them. */
export interface ExpertSharing {
  readonly tokens: number;
  readonly topK: number;
  readonly experts: number;
  readonly expertParallel: number;
}

/** Mean loads over draws of the popularities. */
export interface RankShares {
  /** pairs of a token on each rank, the busiest first */
  readonly ranks: readonly number[];
  /** chance of each slot of the busiest rank that a token chooses it, the hottest first */
  readonly busiest: readonly number[];
}

const draws = 32;

/**
 * Imbalance that the balancer leaves, since the loads of a pass are not those that it was given: a power law of .6 at .8
 * of its load. So AIConfigurator prices SGLang's prefill with EPLB (sdk/models/helpers.py, build_large_ep_moe_ops, and
 * operators/moe_expert_compute.rs, commit 095f58a).
 */
const left = { exponent: 0.6, share: 0.8 } as const;

/** A sharing of experts and the law of their loads. */
interface SharedLaw extends ExpertSharing {
  readonly exponent: number;
  /** ratio of the hottest expert's load to the coldest one's */
  readonly range: number;
}

/** Sharings that are remembered. */
const rememberedShares = 4096;

const keyOf = ({ range, topK, experts, expertParallel, exponent }: SharedLaw): string =>
  [range, topK, experts, expertParallel, exponent].join();

const sharesInTurn = remember(rememberedShares, keyOf, (law: SharedLaw): RankShares =>
  meanShares(law, (loads) => placedInTurn(loads, law.expertParallel)),
);

const balancedShares = remember(
  rememberedShares,
  (law) => `${keyOf(law)},${law.copies}`,
  (law: SharedLaw & { readonly copies: Copies }): RankShares => {
    const { experts, copies, expertParallel } = law;
    const slots = slotsOf(experts, copies, expertParallel);
    const packed = meanShares(law, (loads) => balance(loads, slots, expertParallel));
    const [unbalanced, remaining] = [sharesInTurn(law), sharesInTurn({ ...law, exponent: left.exponent })];
    const ranks = packed.ranks.map((share, rank) =>
      Math.min(unbalanced.ranks[rank]!, Math.max(share, left.share * remaining.ranks[rank]!)),
    );
    const more = ranks[0]! / packed.ranks[0]!;
    return { ranks, busiest: packed.busiest.map((chance) => Math.min(1, more * chance)) };
  },
);

/** Shares of the ranks in the load of one token. */
export function rankShares(sharing: ExpertSharing, { exponent, copies }: PowerLaw): RankShares {
  const { tokens, topK, experts, expertParallel } = sharing;
  const law = { ...sharing, exponent, range: loadRange(tokens, experts / topK) };
  return copies === undefined || expertParallel === 1
    ? sharesInTurn(law)
    : balancedShares({ ...law, copies });
}

/** Loads of the experts of each rank, in the experts' order; ranks differ by one expert at most. */
const placedInTurn = (loads: Float64Array, ranks: number): number[][] =>
  Array.from({ length: ranks }, (_, rank) => {
    const start = (at: number): number => Math.round((at * loads.length) / ranks);
    return [...loads.subarray(start(rank), start(rank + 1))];
  });

/** Means over draws, of ranks sorted by their load and of the busiest rank's sorted experts. */
function meanShares(law: SharedLaw, place: (loads: Float64Array) => number[][]): RankShares {
  const ranks = new Array<number>(law.expertParallel).fill(0);
  const busiest: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const placed = place(popularity({ ...law, draw }))
      .map((loads) => ({ loads, sum: loads.reduce((total, load) => total + load, 0) }))
      .sort((a, b) => b.sum - a.sum);
    placed.forEach(({ sum }, rank) => (ranks[rank] = ranks[rank]! + sum / draws));
    placed[0]!.loads
      .toSorted((a, b) => b - a)
      .forEach((load, i) => (busiest[i] = (busiest[i] ?? 0) + load / draws));
  }
  return { ranks, busiest };
}
