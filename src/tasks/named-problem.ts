import { drawProblem } from "./spec.ts";
import type { TaskSpec } from "./spec.ts";
import type { Problem } from "./task.ts";

/** A problem with the id that responses name it by. */
export interface NamedProblem {
  /** of a generated problem: task spec without its scoring, nominal length, seed, index */
  readonly id: string;
  readonly task: TaskSpec;
  readonly tokensNominal: number;
  readonly seed: number;
  /** place in the file, or among the problems of the seed */
  readonly index: number;
  readonly problem: Problem;
}

/** Draws the problem of a seed at an index, and names it. */
export function drawNamedProblem(
  task: TaskSpec,
  tokensNominal: number,
  seed: number,
  index: number,
): NamedProblem {
  const id = `${task.problem}/${tokensNominal}/${seed}/${index}`;
  return {
    id,
    task,
    tokensNominal,
    seed,
    index,
    problem: drawProblem(task, { tokens: tokensNominal, seed, index }),
  };
}

/** Columns that name a problem in a file, before the columns of the dataset. */
export const nameColumns = ({ id, task, tokensNominal, seed, index }: NamedProblem) => ({
  id,
  task: task.spec,
  tokensNominal,
  seed,
  trial: index,
});

/** A problem in figures. */
export interface ProblemFacts {
  readonly id: string;
  readonly task: string;
  readonly tokensNominal: number;
  readonly tokens: number;
  readonly characters: number;
  readonly messages: number;
  /** edge lines, or requests and responses */
  readonly records: number;
  readonly circuit: string;
  readonly answer: string;
  /** whether the answer that a file states is the one that the text gives; undefined without a stated answer */
  readonly statedAnswerAgrees: boolean | undefined;
}

/** Counts what a problem holds. */
export function problemFacts({ id, task, tokensNominal, problem }: NamedProblem): ProblemFacts {
  const { messages, tokens, circuit, answer, stated } = problem;
  return {
    id,
    task: task.spec,
    tokensNominal,
    tokens,
    characters: messages.reduce((sum, { content }) => sum + content.length, 0),
    messages: messages.length,
    records: recordCount(problem),
    circuit: circuit.kind,
    answer,
    statedAnswerAgrees: stated === undefined ? undefined : problem.score(stated).exact,
  };
}

const recordCount = ({ circuit }: Problem): number =>
  circuit.kind === "count-retrieve"
    ? circuit.requests.count + circuit.responses.count
    : circuit.records.count;
