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
  /** places of K and V */
  readonly placements: readonly Offered[];
  readonly systems: readonly Offered[];
  readonly models: readonly Offered[];
  readonly kvDtypes: readonly string[];
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
  /** means of the rows of full numerics */
  readonly measuredTable?: ShownTable;
  /** reasons why something has no curve, by spec; the task's under its own */
  readonly errors: Readonly<Record<string, string>>;
  /** trials behind each point so far */
  readonly trials: number;
  /** data.csv of the rows; empty until all are there */
  readonly csv: string;
  readonly command: string;
}

/** A command line and what it gives. */
export interface EqualCommand {
  readonly gives: string;
  readonly text: string;
}

/** A model on systems: memory and times of a step. */
export interface HardwareQuestion {
  readonly systems: readonly string[];
  readonly model: string;
  /** text of a config.json that stands for the model */
  readonly modelFile?: { readonly name: string; readonly text: string } | undefined;
  /** attention variant; empty for the model's own */
  readonly variant: string;
  /** place of K and V; empty for the variant's */
  readonly placement: string;
  readonly kvDtype: string;
  readonly users: number;
  /** tokens of each user: "128K" */
  readonly context: string;
  /** division among GPUs: `tp=4,dp=2`; empty for the fastest */
  readonly parallel: string;
  /** quantities of the systems in percent of their own, by path */
  readonly scales: Readonly<Record<string, number>>;
  readonly look: Look;
}

/** A part of a bar. */
export interface BarPart {
  readonly part: string;
  readonly bytes: number;
}

/** Memory of one kind: its parts beside its size. */
export interface MemoryBar {
  readonly memory: string;
  readonly size: number;
  readonly parts: readonly BarPart[];
  /** bytes that are lacking; 0 if all fits */
  readonly short: number;
}

/** A model on one system. */
export interface HardwareSide {
  readonly system: string;
  readonly error?: string;
  readonly bars: readonly MemoryBar[];
  /** sentence: fits, or what is short */
  readonly verdict: string;
  /** names and values: TPOT, TTFT, users per rack, prices; those that are still being worked out are left out */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface HardwareAnswer {
  readonly sides: readonly HardwareSide[];
  readonly figures: readonly DrawnFigure[];
  /** operators of a step on each system */
  readonly table?: ShownTable;
  readonly errors: Readonly<Record<string, string>>;
  readonly commands: readonly EqualCommand[];
}

/** Accuracy of variants against their costs on a rack. */
export interface FrontierQuestion {
  readonly task: string;
  readonly variants: readonly string[];
  /** reader parameters that differ from their defaults */
  readonly reader: NonNullable<TrialOptions["reader"]>;
  /** context: "1M" */
  readonly tokens: string;
  readonly trials: number;
  readonly system: string;
  readonly model: string;
  readonly users: number;
  /** longest TPOT in milliseconds, and fewest users per rack; undefined for no constraint */
  readonly tpotAtMost?: number | undefined;
  readonly usersAtLeast?: number | undefined;
  readonly look: Look;
}

export interface FrontierAnswer {
  readonly figure?: DrawnFigure;
  readonly table?: ShownTable;
  readonly errors: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly command: string;
}

/** Figures of results files. */
export interface ResultsQuestion {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** conditions on rows, with commas between them; empty: all rows */
  readonly where: string;
  /** variant that others are compared with; empty for none */
  readonly reference: string;
  readonly look: Look;
}

export interface ResultsAnswer {
  readonly figures: readonly DrawnFigure[];
  readonly warnings: readonly string[];
  /** what each file holds, in words; empty if none can be drawn */
  readonly contents: readonly string[];
  /** what is wrong with files that are not drawn beside the others, by name */
  readonly errors: Readonly<Record<string, string>>;
  readonly error?: string;
  readonly command: string;
}

/** Specifications to be drawn for the page. */
export interface FiguresQuestion {
  readonly figures: readonly { readonly name: string; readonly spec: object }[];
  readonly look: Look;
}

/** The report of the article, as the part `article` has it. */
export interface ArticlePart {
  readonly lead: readonly string[];
  /** meanings of verdicts, by verdict */
  readonly meaning: Readonly<Record<string, string>>;
  readonly claims: readonly {
    readonly claim: string;
    readonly verdict: string;
    readonly says: string;
    readonly text: string;
    readonly numbers: string;
    readonly chapter: string;
  }[];
  readonly chapters: readonly {
    readonly name: string;
    readonly title: string;
    readonly text: readonly string[];
    readonly departures: readonly string[];
    readonly tables: readonly {
      readonly caption?: string;
      readonly titles: readonly string[];
      readonly rows: readonly (readonly (string | number)[])[];
    }[];
    readonly figure?: object;
  }[];
}

/** Questions of the page and the answers of the library, by name. */
export interface Asked {
  readonly offer: { readonly question: null; readonly answer: Offer };
  readonly hardware: { readonly question: HardwareQuestion; readonly answer: HardwareAnswer };
  readonly figures: { readonly question: FiguresQuestion; readonly answer: readonly DrawnFigure[] };
  readonly file: { readonly question: { readonly spec: object }; readonly answer: string };
  readonly results: { readonly question: ResultsQuestion; readonly answer: ResultsAnswer };
  readonly frontier: { readonly question: FrontierQuestion; readonly answer: FrontierAnswer };
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

/** Word that nobody waits for the answer any more. */
export interface DropMessage {
  readonly id: number;
  readonly slot: string;
}

/** Word to two workers that one helps the other with trials, over a port that comes with it. */
export interface HelpMessage {
  /** whether the worker is the one that helps */
  readonly helps: boolean;
}

/** A message of the library: a part of an answer, which takes the place of the one before; its end; or an error. */
export type ReplyMessage =
  | { readonly id: number; readonly kind: "part"; readonly answer: unknown }
  | { readonly id: number; readonly kind: "end" }
  | { readonly id: number; readonly kind: "error"; readonly message: string };
