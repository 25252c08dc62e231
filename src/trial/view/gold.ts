import type { Choice } from "../../engines/choice.ts";

/** Place of a position's unit in a choice by scores. */
export interface ChoiceRank extends Pick<Choice, "kind" | "unit" | "taken"> {
  /** the unit's score; Infinity for one that is always taken */
  readonly score: number;
  /** 1 for the largest score */
  readonly rank: number;
  /** units that were ranked */
  readonly of: number;
}

/** A position that a query should read, as one query head saw it. */
export interface GoldHead {
  /** query head */
  readonly head: number;
  readonly read: boolean;
  readonly weight: number;
  /** weight under exact attention */
  readonly exactWeight: number;
  /** rank under exact attention among all tokens that the query sees, 1 for the largest weight */
  readonly exactRank: number;
  /** place in the variant's own choice; absent where the variant ranks nothing, or did not rank it */
  readonly choice?: ChoiceRank;
}

/** A position that a query should read. */
export interface GoldView {
  readonly position: number;
  /** first token of its record; the position itself where it belongs to none */
  readonly from: number;
  readonly heads: readonly GoldHead[];
}

/** Weight and number of the read tokens of a kind, in the mean over heads. */
export interface Mass {
  readonly weight: number;
  /** tokens that a head reads */
  readonly tokens: number;
}
