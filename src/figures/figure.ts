import type { TrialRow } from "../trial/columns.ts";

/** A score that the maker of a model has published. */
export interface PublishedResult {
  readonly benchmark: string;
  /** "other" if the score cannot be compared with those of other models */
  readonly metric: string;
  readonly model: string;
  /** lengths in tokens that the score covers */
  readonly tokens: { readonly high: number };
  /** 0 to 1 */
  readonly score: number;
}

/** Everything beside the rows that a figure may show. */
export interface FigureContext {
  /** the question that the rows answer */
  readonly title: string;
  readonly published: readonly PublishedResult[];
  /** variant spec that others are compared with on the same problems */
  readonly reference?: string | undefined;
}

/** A kind of figure: a pure function from rows to a Vega-Lite specification. Each kind has a file of its own. */
export interface Figure {
  readonly name: string;
  readonly summary: string;
  /** the rows that it needs, in a phrase: "rows of several lengths" */
  readonly needs: string;
  /** tells whether the rows, with a reference or without, have the data that the figure shows */
  readonly applies: (rows: readonly TrialRow[], reference?: string) => boolean;
  readonly spec: (rows: readonly TrialRow[], context: FigureContext) => object;
}
