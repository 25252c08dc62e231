import type { TrialOptions } from "../trial/make-trial.ts";

/** How the page shows a figure. */
export interface Look {
  /** width that the figure may take, in pixels */
  readonly width: number;
  readonly dark: boolean;
}

/** A figure that is ready to be shown. */
export interface DrawnFigure {
  /** name of its files */
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  /** SVG text in the page's colours and width */
  readonly svg: string;
  /** the specification as the command line draws it */
  readonly spec: object;
}

/** A table: titles of columns, and rows of texts. */
export interface ShownTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A kind of entry as the page offers it. */
export interface Offered {
  readonly name: string;
  readonly summary: string;
}

/** A parameter of the reader, with the range of its slider. */
export interface OfferedParam {
  readonly name: string;
  readonly doc: string;
  readonly default: number | string;
  /** range and step of its slider; undefined for a parameter that is no number */
  readonly slider?: { readonly min: number; readonly max: number; readonly step: number };
  /** values of a choice */
  readonly choices?: readonly string[];
}

/** Everything that can be chosen. */
export interface Offer {
  readonly version: string;
  readonly variants: readonly (Offered & { readonly family: string })[];
  /** specs of tasks with a mean field */
  readonly tasks: readonly Offered[];
  readonly shapings: readonly Offered[];
  readonly systems: readonly Offered[];
  readonly models: readonly Offered[];
  readonly reader: readonly OfferedParam[];
}

/** Accuracy of variants over lengths. */
export interface QualityQuestion {
  readonly task: string;
  readonly variants: readonly string[];
  /** reader parameters that differ from their defaults */
  readonly reader: NonNullable<TrialOptions["reader"]>;
  readonly trials: number;
  readonly seed: number;
  readonly look: Look;
  /** rows of full numerics, drawn beside the curves */
  readonly measured: readonly object[];
}

export interface QualityAnswer {
  readonly figure?: DrawnFigure;
  readonly table?: ShownTable;
  /** reasons why something has no curve, by spec; the task's under its own */
  readonly errors: Readonly<Record<string, string>>;
  /** trials behind each point so far */
  readonly trials: number;
  /** data.csv of the rows */
  readonly csv: string;
  readonly command: string;
}

/** Questions of the page and the answers of the library, by name. */
export interface Asked {
  readonly offer: { readonly question: null; readonly answer: Offer };
  readonly quality: { readonly question: QualityQuestion; readonly answer: QualityAnswer };
}

export type AskedName = keyof Asked;
export type QuestionOf<Name extends AskedName> = Asked[Name]["question"];
export type AnswerOf<Name extends AskedName> = Asked[Name]["answer"];

/** A question on its way to the library. A newer question of the same slot takes its place. */
export interface AskMessage<Name extends AskedName = AskedName> {
  readonly id: number;
  readonly slot: string;
  readonly name: Name;
  readonly question: QuestionOf<Name>;
}

/** A message of the library: a part of an answer, which takes the place of the one before; its end; or an error. */
export type ReplyMessage =
  | { readonly id: number; readonly kind: "part"; readonly answer: unknown }
  | { readonly id: number; readonly kind: "end" }
  | { readonly id: number; readonly kind: "error"; readonly message: string };
