/**
 * The contract between circuits and the two ways to run them. A circuit (circuits/) says what is asked and what follows
 * from the answers. A reading says what a query sees: the numerics embed records into keys and values and attend to them
 * (numerics/), the mean field draws weights and noise from their distributions (mean-field/).
 */

/** Projections of one query's output on the codes of the candidates, the features that it may be answered with. */
export interface Projections {
  /** candidates whose projection is known: all of them in the numerics, those found in the mean field */
  readonly candidates: ArrayLike<number>;
  /** their projections; 1 for the value of a record that has all of the weight */
  readonly values: Float64Array;
  /** number of all candidates */
  readonly total: number;
  /** standard deviation of the residual stream's noise on each projection */
  readonly noise: number;
  /** Draws the other candidates whose projection, noise alone, is at least so large; absent where there are no others. */
  readonly othersFrom?: (least: number) => readonly number[];
}

/** One mechanism at work on the records of a problem. */
export interface Reading {
  /**
   * Asks queries on one step of the reader, all of them of the same cache.
   *
   * @param queries numbers that the problem gives a meaning: features of a walk, questions of a retrieval
   * @param step which of the reader's attention steps it is, from 0
   * @param readOut makes something of the answer to each query
   * @returns what `readOut` made of the answers, in the order of the queries
   */
  ask<T>(queries: Iterable<number>, step: number, readOut: (answer: Projections) => T): T[];
}

/** One mechanism at work on the requests of a conversation: the first step of count and retrieve. */
export interface CountReading {
  /** Weight that a request leaves on the sink where there is nothing to count: 1, less what fixed gates take. */
  sinkWeightAlone(): number;
  /** Weight that each of the identical requests leaves on the sink, in their order. */
  sinkWeights(): readonly number[];
}

/** Means of what a trial's queries saw, over queries and query heads. */
export interface Seen {
  /** weight on the positions that a query should read; null where no query had any */
  readonly goldMass: number | null;
  /** share of these positions that were read; null where no query had any */
  readonly recall: number | null;
  /** entropy of the weights in nats; null where it is not made out */
  readonly entropy: number | null;
  readonly tokensRead: number;
  /** number of queries, every read of each */
  readonly queries: number;
}
