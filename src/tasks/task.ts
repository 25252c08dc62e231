import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

/** One message of a prompt, as chat models and the public datasets have it. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * A column of features over the records of a set: record r has the feature `names[features[r]]` (of its problem's
 * `features`) with this weight, or none where features[r] is -1. The squared weights of a record sum to 1.
 */
export interface FeatureColumn {
  readonly weight: number;
  readonly features: Int32Array;
}

/**
 * Spans of tokens that mean something together: an edge line, a message. Record r is tokens
 * [start[r], anchor[r]]; the anchor is its last token, where a causal local circuit has seen all of it.
 */
export interface RecordSet {
  readonly count: number;
  readonly start: Int32Array;
  readonly anchor: Int32Array;
  readonly key: readonly FeatureColumn[];
  /** feature whose value code the anchor carries; -1 for none */
  readonly value: Int32Array;
}

/** Set readout, hop by hop (docs/model.md, section 3): one query for each node of the frontier; none is visited twice. */
export interface GraphWalk {
  readonly kind: "graph-walk";
  readonly records: RecordSet;
  /** features that a readout may answer with */
  readonly candidates: Int32Array;
  readonly start: number;
  readonly hops: number;
}

/** Counting, then retrieval (docs/model.md, section 3): the i-th of several identical requests. */
export interface CountRetrieve {
  readonly kind: "count-retrieve";
  /** every request message; its key holds format and topic */
  readonly requests: RecordSet;
  /** every response message, in the order of the requests; its key holds format and topic, its value the message */
  readonly responses: RecordSet;
  /** (M) the true ordinal, from 1, of each request among those identical to it */
  readonly ordinals: Int32Array;
  /** the requests identical to the one asked for, in order */
  readonly needles: Int32Array;
  /** which of them is asked for, from 1 */
  readonly wanted: number;
}

/** No question: how far the outputs of the context's own queries are from those of dense attention. */
export interface PrefillError {
  readonly kind: "prefill-error";
  readonly records: RecordSet;
  /** share of the positions whose query asks for a record before it; the others' is noise */
  readonly asking: number;
  /** positions asked, in blocks evenly over the prompt; all where there are no more */
  readonly queries: number;
}

/** A feature with its weight. */
export interface FeatureTerm {
  readonly weight: number;
  readonly feature: number;
}

/** Features that a query asks for; their squared weights sum to 1. */
export type FeatureSum = readonly FeatureTerm[];

/** Retrieval: each query is answered with the values of the records that its features key. */
export interface Retrieve {
  readonly kind: "retrieve";
  /** every record has one key feature */
  readonly records: RecordSet;
  /** last token of the context, before the question */
  readonly contextEnd: number;
  /** features that a readout may answer with */
  readonly candidates: Int32Array;
  /** what each query asks for */
  readonly asked: readonly FeatureSum[];
  /** token at which each query stands; the last one when absent */
  readonly positions?: Int32Array;
  /** answers to a query, those of the largest projections; when absent, all that stand out of the noise */
  readonly answers?: number;
}

/** Retrieval hop by hop: what a query is answered with is what the next one asks for. */
export interface Chain {
  readonly kind: "chain";
  /** every record has one key feature */
  readonly records: RecordSet;
  /** last token of the context, before the question */
  readonly contextEnd: number;
  /** features that a readout may answer with */
  readonly candidates: Int32Array;
  readonly start: number;
  readonly hops: number;
}

/** Aggregation: one feature keys every record, and what most of them hold is the answer. */
export interface Aggregate {
  readonly kind: "aggregate";
  /** every record has one key feature */
  readonly records: RecordSet;
  /** last token of the context; every token of the question after it asks */
  readonly contextEnd: number;
  /** features that a readout may answer with */
  readonly candidates: Int32Array;
  readonly asked: number;
  /** candidates that are answered with, those of the largest projections */
  readonly answers: number;
}

export type Circuit = GraphWalk | CountRetrieve | PrefillError | Retrieve | Chain | Aggregate;

export interface Score {
  /** the task's own score, 0 to 1 */
  readonly score: number;
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
  /** the answer that the dataset's row states, written so too; absent where there is no row, or none in it */
  readonly stated?: string;
  /** the answer that a reader's conclusion (feature indices; of `PrefillError` the error) stands for, as a model would write it */
  respond(conclusion: readonly number[]): string;
  score(response: string): Score;
  /** the row of the public dataset, column by column */
  row(): Readonly<Record<string, unknown>>;
}

/** What the mean field needs to know of a graph walk. */
export interface WalkOutline {
  readonly kind: "graph-walk";
  readonly tokens: number;
  /** tokens before the first edge and behind the last */
  readonly head: number;
  readonly tail: number;
  readonly nodes: number;
  /** edges out of every node */
  readonly degree: number;
  /** edges against their direction are walked, once */
  readonly backwards: boolean;
  readonly hops: number;
  /** mean tokens of an edge's line, without its line break */
  readonly recordTokens: number;
}

/** What the mean field needs to know of counting and retrieval. */
export interface CountOutline {
  readonly kind: "count-retrieve";
  readonly tokens: number;
  /** tokens before the first request */
  readonly head: number;
  /** all requests, and those identical to the one asked for */
  readonly requests: number;
  readonly needles: number;
  /** share of the other requests that match by half: the format or the topic alone */
  readonly halfMatches: number;
  readonly requestTokens: number;
  readonly responseTokens: number;
  /** mean score of another message than the one asked for */
  readonly wrongScore: number;
}

export type Outline = WalkOutline | CountOutline;

/** A family of problems. One file each, one line in all.ts. */
export interface Task<S extends ParamSpecs = ParamSpecs> extends Entry {
  readonly params: S;
  /** benchmark name in published-scores.csv, where there is one */
  readonly published?: (params: Params<S>) => string | undefined;
  /** nominal lengths in tokens, as the public dataset counts them */
  readonly lengths: readonly number[];
  /** whether these are upper edges of bins of prompt and answer; else they are sizes of prompts */
  readonly binned?: boolean;
  /**
   * @param tokens nominal length in tokens
   * @param count tokens of a text: `countTokens`, or something that watches it
   */
  generate(tokens: number, params: Params<S>, random: Random, count?: CountTokens): Problem;
  /** A problem from a row of the public dataset's files. @throws UsageError saying which column is missing or wrong */
  load(row: Readonly<Record<string, unknown>>, params: Params<S>): Problem;
  /** What its problems are like, without a text: all that `--mode theory` knows of them. */
  outline?(tokens: number, params: Params<S>, random: Random): Outline;
}

export type AnyTask = Omit<Task, "generate" | "load" | "outline" | "published"> & {
  readonly published?: (params: AnyParams) => string | undefined;
  generate(tokens: number, params: AnyParams, random: Random, count?: CountTokens): Problem;
  load(row: Readonly<Record<string, unknown>>, params: AnyParams): Problem;
  outline?(tokens: number, params: AnyParams, random: Random): Outline;
};

export const defineTask = <const S extends ParamSpecs>(task: Task<S>): AnyTask => task as unknown as AnyTask;
