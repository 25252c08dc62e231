import type { Aggregate, Chain, FeatureSum, GraphWalk, Retrieve } from "../../tasks/circuit.ts";
import { aggregate } from "../circuits/aggregate.ts";
import { chain } from "../circuits/chain.ts";
import { graphWalk } from "../circuits/graph-walk.ts";
import { retrieve } from "../circuits/retrieve.ts";
import type { Reading } from "../reading.ts";
import { askFor } from "./records.ts";
import type { RecordCache } from "./records.ts";

/** Meaning of a circuit's queries, which are numbers, at a cache of records. */
export interface QueryMeaning {
  /** Names the noise of the queries of a step. */
  readonly name: (step: number) => string;
  /** Features that a query asks for. */
  readonly asked: (query: number) => FeatureSum;
  /** Names a query to the generator, so that its noise does not depend on what else is asked. */
  readonly id: (query: number) => readonly [number, number];
  /** Token at which a query stands. */
  readonly position: (query: number) => number;
  /** most queries that are asked together, a bound on the memory that they take; default: all */
  readonly batch?: number;
  /** every n-th query of a batch is looked at; default: all */
  readonly traceEvery?: number;
}

/** A circuit over records with the meaning of its queries. */
export interface RecordCircuit {
  /** what the question's own queries ask for */
  readonly questions: readonly FeatureSum[];
  readonly queries: (records: RecordCache) => QueryMeaning;
  readonly run: (reading: Reading) => number[];
}

/** Circuits that read one cache of records, each keyed by one feature. */
export type CircuitOverRecords = GraphWalk | Chain | Retrieve | Aggregate;

/** @param tokens of the prompt */
export function recordCircuit(circuit: CircuitOverRecords, tokens: number): RecordCircuit {
  const last = tokens - 1;
  switch (circuit.kind) {
    case "graph-walk":
      return {
        questions: [askFor(circuit.start)],
        queries: (records) => hopQueries(records, last),
        run: (reading) => graphWalk(reading, circuit),
      };
    case "chain":
      return {
        questions: [askFor(circuit.start)],
        queries: (records) => hopQueries(records, last),
        run: (reading) => chain(reading, circuit),
      };
    case "retrieve":
      return {
        questions: circuit.asked,
        queries: () => questionQueries(circuit, last),
        run: (reading) => retrieve(reading, circuit),
      };
    case "aggregate": {
      const askers = last - circuit.contextEnd;
      return {
        questions: [askFor(circuit.asked)],
        queries: () => tokenQueries(circuit, askers),
        run: (reading) => aggregate(reading, askers, circuit.answers),
      };
    }
  }
}

/** Queries of a walk are the features that they ask for. */
const hopQueries = ({ ids }: RecordCache, last: number): QueryMeaning => ({
  name: (hop) => `hop ${hop}`,
  asked: askFor,
  id: (feature) => [ids[2 * feature]!, ids[2 * feature + 1]!],
  position: () => last,
});

/** Questions asked together, at most. */
export const batchQuestions = 128;

/** Questions that are looked at, at most: weights of recurrent states take time. */
const tracedQuestions = 64;

/** Queries of a retrieval are numbers of questions. */
const questionQueries = ({ asked, positions }: Retrieve, last: number): QueryMeaning => ({
  name: () => "retrieve",
  asked: (question) => asked[question]!,
  id: (question) => [question, 0],
  position: (question) => positions?.[question] ?? last,
  batch: batchQuestions,
  traceEvery: Math.ceil(asked.length / tracedQuestions),
});

/** Askers that are looked at: all of them ask the same. */
const tracedAskers = 4;

/** Queries of an aggregation are numbers of the question's tokens. */
const tokenQueries = ({ asked, contextEnd }: Aggregate, askers: number): QueryMeaning => ({
  name: () => "aggregate",
  asked: () => askFor(asked),
  id: (token) => [token, 0],
  position: (token) => contextEnd + 1 + token,
  traceEvery: Math.ceil(askers / tracedAskers),
});
