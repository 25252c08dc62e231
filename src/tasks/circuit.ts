/** A feature with its weight. Features are indices of `Problem.features`. */
export interface FeatureTerm {
  readonly weight: number;
  readonly feature: number;
}

/** Features that a query asks for; their squared weights sum to 1. */
export type FeatureSum = readonly FeatureTerm[];

/**
 * A column of features over the records of a set: record r has the feature features[r] with this weight, or none where
 * features[r] is -1. The squared weights of a record sum to 1.
 */
export interface FeatureColumn {
  readonly weight: number;
  readonly features: Int32Array;
}

/**
 * Spans of tokens that mean something together, such as an edge line or a message. Record r is the tokens
 * [start[r], anchor[r]]. The anchor is its last token, where a causal local circuit has seen all of it.
 */
export interface RecordSet {
  readonly count: number;
  readonly start: Int32Array;
  readonly anchor: Int32Array;
  /** features that a record is found by */
  readonly key: readonly FeatureColumn[];
  /** feature that a record tells: the anchor carries its value code; -1 for none */
  readonly value: Int32Array;
  /** tokens [from, to) that spell each record's value, or how it begins; absent where answers are not copied from the text */
  readonly spelled?: { readonly from: Int32Array; readonly to: Int32Array };
}

/** Set readout hop by hop (docs/model.md, section 3): every node of the frontier asks once, and none is visited twice. */
export interface GraphWalk {
  readonly kind: "graph-walk";
  /** every record has one key feature */
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
  /** every record has one key feature */
  readonly records: RecordSet;
  /** share of the positions whose query asks for a record before it; the others' is noise */
  readonly asking: number;
  /** positions asked, in blocks evenly over the prompt; all of a prompt that has no more */
  readonly queries: number;
}

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
  /** token at which each query stands; default: the last one */
  readonly positions?: Int32Array;
  /** number of answers to a query, those of the largest projections; default: all that stand out of the noise */
  readonly answers?: number;
}

/** Retrieval hop by hop: the answer to a query is what the next one asks for. */
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

/** Aggregation: one feature keys many records, and what most of them hold is the answer. */
export interface Aggregate {
  readonly kind: "aggregate";
  /** every record has one key feature */
  readonly records: RecordSet;
  /** last token of the context; every token of the question after it asks */
  readonly contextEnd: number;
  /** features that a readout may answer with */
  readonly candidates: Int32Array;
  /** the feature that every query asks for */
  readonly asked: number;
  /** number of answers, those of the largest projections */
  readonly answers: number;
}

/** Steps by which the reader solves a problem, and the records that it finds in the text (src/reader/circuits). */
export type Circuit = GraphWalk | CountRetrieve | PrefillError | Retrieve | Chain | Aggregate;
