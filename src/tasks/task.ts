import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import type { Circuit } from "./circuit.ts";
import type { Outline } from "./outline.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

/** One message of a prompt, as chat models and the public datasets have it. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A row of a dataset's file: values by column. */
export type DatasetRow = Readonly<Record<string, unknown>>;

/** Score of a response. */
export interface Score {
  /** the task's own score, 0 to 1 */
  readonly score: number;
  /** whether the answer is exactly right */
  readonly exact: boolean;
}

/** A generated or loaded problem: real text, what a perfect local circuit knows of it, and how answers score. */
export interface Problem {
  readonly messages: readonly Message[];
  /** o200k_base tokens of all contents */
  readonly tokens: number;
  /** names of the features: `node:1679091c5a`, `format:poem` */
  readonly features: readonly string[];
  readonly circuit: Circuit;
  /** the right answer's text, as a perfect model would write it */
  readonly answer: string;
  /** the answer that the dataset's row states, written in the same way; absent without a row, or one that states none */
  readonly stated?: string;
  /**
   * Writes the answer that a reader's conclusion stands for, as a model would write it.
   *
   * @param conclusion feature indices; of `PrefillError` the error
   */
  respond(conclusion: readonly number[]): string;
  score(response: string): Score;
  /** The row of the public dataset, column by column. */
  row(): DatasetRow;
}

/** A family of problems: one file or folder each, one line in all.ts. */
export interface Task<S extends ParamSpecs = ParamSpecs> extends Entry {
  readonly params: S;
  /** Name of the benchmark in published-scores.csv; undefined for parameters that no published score has. */
  readonly published?: (params: Params<S>) => string | undefined;
  /** Parameters that only say how a response is scored: problems and their ids do not depend on them. */
  readonly judging?: readonly (keyof S & string)[];
  /** nominal lengths in tokens, as the public dataset counts them */
  readonly lengths: readonly number[];
  /** longest length in tokens; absent where there is none */
  readonly longest?: number;
  /** Queries that a problem asks, at most, and their phase; absent for a few of decoding. */
  readonly asks?: (params: Params<S>) => { readonly queries: number; readonly phase: "prefill" | "decode" };
  /** whether the lengths are upper edges of bins of prompt and answer; otherwise they are sizes of prompts */
  readonly binned?: boolean;
  /**
   * Draws a problem.
   *
   * @param tokens nominal length in tokens
   * @param count counts the tokens of a text: `countTokens`, or something that watches it
   */
  generate(tokens: number, params: Params<S>, random: Random, count?: CountTokens): Problem;
  /**
   * Makes a problem of a row of the public dataset's files.
   *
   * @throws UsageError saying which column is missing or wrong
   */
  load(row: DatasetRow, params: Params<S>): Problem;
  /** Draws a problem without its text, for the mean field; absent where the task has none. */
  outline?(tokens: number, params: Params<S>, random: Random): Outline;
}

/** A task whose parameter types the caller need not know. */
export type AnyTask = Omit<Task, "generate" | "load" | "outline" | "published" | "asks"> & {
  readonly asks?: (params: AnyParams) => { readonly queries: number; readonly phase: "prefill" | "decode" };
  readonly published?: (params: AnyParams) => string | undefined;
  generate(tokens: number, params: AnyParams, random: Random, count?: CountTokens): Problem;
  load(row: DatasetRow, params: AnyParams): Problem;
  outline?(tokens: number, params: AnyParams, random: Random): Outline;
};

/** Declares a task with its types inferred, and hides them from code that handles tasks alike. */
export const defineTask = <const S extends ParamSpecs>(task: Task<S>): AnyTask => task as unknown as AnyTask;
