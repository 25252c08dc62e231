import type { Phase } from "../../attention/cache.ts";
import type { TrialRow } from "../columns.ts";
import type { GoldView } from "./gold.ts";
import type { Reason } from "./reason.ts";

/** An answer that the readout projects a query's output on. */
export interface AnswerView {
  readonly name: string;
  /** 1 for the value of a record that has all of the weight */
  readonly projection: number;
}

/** Tokens that one query read, with scores and weights, and why it found or missed the right ones. */
export interface QueryView {
  /** which of the reader's attention steps it is, from 0: the hop of a walk */
  readonly step: number;
  readonly phase: Phase;
  /** what it asks for: `node:1679091c5a` */
  readonly name: string;
  /** token at which it stands; it sees the tokens up to it */
  readonly position: number;
  /** (position + 1) share of the query heads that read each token */
  readonly read: Float64Array;
  /** (position + 1) weight on each token, the mean over query heads */
  readonly weights: Float64Array;
  /** (position + 1) score of each token's unit in the variant's choice and its rank; NaN where it was not ranked */
  readonly scores: Float64Array;
  readonly ranks: Float64Array;
  /** tokens read, the mean over query heads */
  readonly tokensRead: number;
  readonly gold: readonly GoldView[];
  /** share of the gold positions that were read, the mean over query heads; null where there are none */
  readonly recall: number | null;
  /** weight on the gold positions, the mean over query heads; null where there are none */
  readonly goldMass: number | null;
  /** the same under exact attention */
  readonly exactGoldMass: number | null;
  readonly reason: Reason;
  /** answers of largest projection, the largest first; empty where the step answers nothing */
  readonly answers: readonly AnswerView[];
}

/** A trial's reads, query by query. */
export interface TrialView {
  /** the row that `attnsim run` gives for this trial */
  readonly row: TrialRow;
  /** text of each token of the prompt */
  readonly texts: readonly string[];
  readonly response: string;
  /** the right answer */
  readonly answer: string;
  /** the first queries of the trial, at most as many as were asked for */
  readonly queries: readonly QueryView[];
  /** queries of which the row's recall and gold mass are means */
  readonly looked: number;
}
