import type { Source } from "../../core/entry.ts";
import type { PublishedScore } from "../../tasks/published.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Trial } from "../../trial/trial.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import type { ClaimVerdict } from "../rules.ts";
import type { ExplainedChange } from "./explanation.ts";
import type { TextReaderChange } from "./text-reader.ts";
import type { Say } from "./numbers.ts";

/** The verdict on one claim of the article. */
export interface Finding {
  /** its id in article-claims.csv */
  readonly claim: string;
  readonly verdict: ClaimVerdict;
  /** reason in one or two sentences with numbers */
  readonly says: string;
}

export interface ReportTable {
  readonly caption?: string;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Contents of a chapter, for a reader who knows only the article. */
export interface Told {
  readonly findings: readonly Finding[];
  /** paragraphs */
  readonly text: readonly string[];
  /** where the simulation departs from published scores or from its own numerics, a sentence each */
  readonly departures?: readonly string[];
  readonly tables?: readonly ReportTable[];
  /** Vega-Lite specification */
  readonly figure?: object;
  /** pages that data/README.md does not name */
  readonly sources?: readonly Source[];
}

/** Task, variant and length of some trials of a chapter. */
export interface ChapterTrials {
  readonly task: string;
  readonly variant: string;
  /** nominal length: "256K" */
  readonly tokens: string;
  readonly reads?: number;
}

/** Numbers for the text of a chapter. */
export interface Evidence {
  /** rows of the chapter's own trials, in the mean field or, with `numerics`, in full numerics */
  readonly rows: (numerics?: boolean) => readonly TrialRow[];
  /** mean score of trials in the mean field, of whichever chapter. @throws Error where no chapter has such trials */
  readonly score: (trials: ChapterTrials) => MeanEstimate;
  /** mean change of the score from one to another on the same problems */
  readonly gain: (from: ChapterTrials, to: ChapterTrials) => MeanEstimate;
  /** notes a number that the chapter says, under the quantity that it is of, and returns its text */
  readonly say: Say;
  readonly published: readonly PublishedScore[];
  /** changes of a fitted reader that `attnsim explain` ranked; undefined without its results */
  readonly explanation?: readonly ExplainedChange[] | undefined;
  /** changes of the reader whose keys follow the text; undefined without the results of article-reader */
  readonly textReader?: readonly TextReaderChange[] | undefined;
}

/** A chapter of the report: its trials, and findings on claims from them and from published numbers. Each has a file in experiments/article. */
export interface Chapter {
  readonly name: string;
  readonly title: string;
  /** yields trials in the mean field; with `full`, also trials in full numerics */
  readonly trials?: (trial: (options: TrialOptions) => Trial, full: boolean) => Iterable<Trial>;
  readonly tell: (evidence: Evidence) => Told;
}

/** Declares a chapter. */
export const defineChapter = (chapter: Chapter): Chapter => chapter;
