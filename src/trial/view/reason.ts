import { groupBy } from "../../core/group.ts";
import { stateNotConvex } from "../../attention/parts/recurrent.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import type { ChoiceRank, GoldHead, GoldView, Mass } from "./gold.ts";

/** Why a head did not read a gold position. */
export type MissCause =
  /** its unit's score ranked below those that are read */
  | "not-chosen"
  /** its score ranked below those that were kept after the prompt */
  | "evicted"
  /** it stands between the first and the last tokens, which alone are read */
  | "outside"
  /** it is read within a summary alone */
  | "summary"
  /** none of these */
  | "not-read";

/** Ranks of missed positions in the choice that left them out. */
export interface MissRanks extends Pick<ChoiceRank, "unit" | "taken" | "of"> {
  readonly best: number;
  readonly worst: number;
}

/** Misses of a query that have one cause. */
export interface Miss {
  readonly cause: MissCause;
  /** pairs of a gold position and a query head */
  readonly pairs: number;
  readonly ranks?: MissRanks;
}

/** Pairs of a gold position and a query head that were missed, and the most frequent cause. */
export interface Misses {
  /** pairs, read or not */
  readonly pairs: number;
  readonly miss: Miss;
  /** tokens between the query and the nearest missed position */
  readonly distance: number;
  /** first and last tokens that are read, where nothing else is */
  readonly ends?: Readonly<Record<"first" | "last", number>>;
}

/** Why a query found or missed what it should read. */
export type Reason =
  /** it has nothing to find */
  | { readonly kind: "nothing" }
  /** the plan has no layer for this step */
  | { readonly kind: "no-layer" }
  /** gold positions have at least half of the weight */
  | { readonly kind: "found"; readonly goldMass: number; readonly misses?: Misses }
  /** they were read, and others have more weight */
  | {
      readonly kind: "drowned";
      readonly goldMass: number;
      readonly exactGoldMass: number;
      /** other tokens of the gold records; tokens of records that share a part of their key; all others */
      readonly others: Readonly<Record<"own" | "alike" | "rest", Mass>>;
    }
  /** they were not read, by all heads or by some */
  | ({ readonly kind: "missed"; readonly recall: number; readonly goldMass: number } & Misses)
  /** a recurrent state answers: products take the place of weights */
  | {
      readonly kind: "state";
      readonly outcome: "found" | "drowned" | "forgotten";
      /** sum of the products with the gold positions */
      readonly goldMass: number;
      /** root of the sum of the squares of all other products */
      readonly noise: number;
      readonly distance: number;
    };

/** Facts from which a reason follows. */
export interface ReasonFacts {
  readonly variant: Pick<AnyVariant, "notConvex">;
  readonly position: number;
  readonly gold: readonly GoldView[];
  /** share of the heads that read each token */
  readonly read: Float64Array;
  readonly weights: Float64Array;
  readonly recall: number;
  readonly goldMass: number;
  readonly exactGoldMass: number;
  readonly others: Readonly<Record<"own" | "alike" | "rest", Mass>>;
}

/** Gold mass from which a query is said to have found what it should read. */
const found = 0.5;

/** Product with a state below which a token is said to be forgotten: a write of full strength has about 1. */
const forgotten = 0.05;

/** Names the reason why a query found or missed its gold positions. */
export function reasonOf(facts: ReasonFacts): Reason {
  const { variant, gold, read, recall, goldMass, exactGoldMass, others } = facts;
  if (gold.length === 0) return { kind: "nothing" };
  if (variant.notConvex === stateNotConvex) return stateReason(facts);
  const misses = missesOf(facts);
  // what is read within a summary is seen, though its own K and V are not read
  const seen = recall + (misses?.miss.cause === "summary" ? misses.miss.pairs / misses.pairs : 0);
  if (seen >= found && goldMass >= found) return { kind: "found", goldMass, ...(misses && { misses }) };
  if (misses === undefined) return { kind: "drowned", goldMass, exactGoldMass, others };
  const isRead = read.some((share) => share > 0);
  if (!isRead && gold.every(({ heads }) => heads.every(({ weight }) => weight === 0)))
    return { kind: "no-layer" };
  return { kind: "missed", recall, goldMass, ...misses };
}

/** Misses of a query; undefined where everything was read. */
function missesOf({ gold, read, position: end }: ReasonFacts): Misses | undefined {
  const pairs = gold.flatMap(({ position, heads }) => heads.map((head) => ({ position, head })));
  const missed = pairs.filter(({ head }) => !head.read);
  if (missed.length === 0) return undefined;
  const ends = endsRead(read);
  const byCause = groupBy(missed, ({ head }) => causeOf(head, ends !== undefined));
  const [cause, own] = [...byCause].sort(([, a], [, b]) => b.length - a.length)[0]!;
  return {
    pairs: pairs.length,
    miss: { cause, pairs: own.length, ...ranksOf(own.map(({ head }) => head)) },
    distance: end - Math.max(...missed.map(({ position }) => position)),
    ...(cause === "outside" && ends !== undefined && { ends }),
  };
}

function causeOf({ weight, choice }: GoldHead, endsOnly: boolean): MissCause {
  if (choice !== undefined && choice.rank > choice.taken)
    return choice.kind === "keep" ? "evicted" : "not-chosen";
  if (weight > 0) return "summary";
  if (choice !== undefined) return "not-chosen";
  return endsOnly ? "outside" : "not-read";
}

function ranksOf(heads: readonly GoldHead[]): { ranks?: MissRanks } {
  const choices = heads.flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
  const [first] = choices;
  if (first === undefined) return {};
  const ranks = choices.map(({ rank }) => rank);
  const { unit, taken, of } = first;
  return { ranks: { unit, taken, of, best: Math.min(...ranks), worst: Math.max(...ranks) } };
}

/** Numbers of first and last tokens that heads read, if they read no others. */
function endsRead(read: Float64Array): Readonly<Record<"first" | "last", number>> | undefined {
  const first = read.findIndex((share) => share === 0);
  const last = read.findLastIndex((share) => share === 0);
  if (first < 0 || read.subarray(first, last).some((share) => share > 0)) return undefined;
  return { first, last: read.length - 1 - last };
}

function stateReason({ position, gold, weights, goldMass }: ReasonFacts): Reason {
  const places = new Set(gold.map((each) => each.position));
  const noise = Math.sqrt(weights.reduce((sum, w, t) => (places.has(t) ? sum : sum + w * w), 0));
  const largest = Math.max(...gold.flatMap(({ heads }) => heads.map(({ weight }) => Math.abs(weight))));
  const held = Math.abs(goldMass) > noise ? "found" : "drowned";
  return {
    kind: "state",
    outcome: largest < forgotten ? "forgotten" : held,
    goldMass,
    noise,
    distance: position - Math.max(...places),
  };
}
