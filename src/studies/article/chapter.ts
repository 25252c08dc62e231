import type { Source } from "../../core/entry.ts";
import type { PublishedScore } from "../../tasks/published.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Trial } from "../../trial/trial.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import type { TrialOptions } from "../../runs/make-trial.ts";
import type { ExplainedChange } from "./explanation.ts";

/** In descending order of what can be said. */
export const verdicts = ["reproduced", "plausible", "contradicted", "out of reach"] as const;

/**
 * reproduced: the article's figure follows from its numbers, or from the simulation, to its digits. plausible: the
 * simulation shows an effect of that kind and size; no evidence about a vendor's model. contradicted: the numbers say
 * otherwise. out of reach: nothing here can tell.
 */
export type Verdict = (typeof verdicts)[number];

/** What comes out about one claim of the article. */
export interface Finding {
  /** its id in article-claims.csv */
  readonly claim: string;
  readonly verdict: Verdict;
  /** why, from the numbers, in a sentence or two */
  readonly says: string;
}

export interface ReportTable {
  readonly caption?: string;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a chapter tells a reader who knows the article alone. */
export interface Told {
  readonly findings: readonly Finding[];
  /** paragraphs */
  readonly text: readonly string[];
  readonly tables?: readonly ReportTable[];
  /** Vega-Lite specification */
  readonly figure?: object;
  /** pages beside those that data/README.md names */
  readonly sources?: readonly Source[];
}

/** Which of the chapter's own trials. */
export interface Cell {
  readonly task: string;
  readonly variant: string;
  /** nominal length, as a trial is given it: "256K" */
  readonly tokens: string;
  readonly reads?: number;
}

/** What a chapter tells from. */
export interface Evidence {
  /** rows of the chapter's own trials: the mean field's, or with `numerics` those of full numerics */
  readonly rows: (numerics?: boolean) => readonly TrialRow[];
  /** mean score of a cell in the mean field. @throws Error where the chapter has no such trials */
  readonly score: (cell: Cell) => MeanEstimate;
  readonly published: readonly PublishedScore[];
  /** changes of a fitted reader, as `attnsim explain` found them; absent where it has not been run */
  readonly explanation?: readonly ExplainedChange[] | undefined;
}

/** One file of experiments/article: trials, and what they and the published numbers say of some of the claims. */
export interface Chapter {
  readonly name: string;
  readonly title: string;
  /** yields trials of theory; with `full` numerics beside them */
  readonly trials?: (trial: (options: TrialOptions) => Trial, full: boolean) => Iterable<Trial>;
  readonly tell: (evidence: Evidence) => Told;
}

/** Declares a chapter. */
export const defineChapter = (chapter: Chapter): Chapter => chapter;
