import { UsageError } from "../../core/errors.ts";
import type { Ops } from "../../engines/ops.ts";
import type { Outcome } from "../../reader/numerics/mechanism.ts";
import { readNumerics } from "../../reader/numerics/read.ts";
import { drawProblem, parseTask } from "../../tasks/spec.ts";
import { tokenTexts } from "../../tasks/parts/token-texts.ts";
import { makeRow } from "../row.ts";
import { settle, streamsOf } from "../settle.ts";
import type { NumericTrial } from "../trial.ts";
import type { TrialView } from "./view.ts";
import { Viewer } from "./viewer.ts";

/** How a trial is looked at. */
export interface ViewOptions {
  readonly ops: Ops;
  /** most queries to look at; default: 24 */
  readonly queries?: number | undefined;
  /** one query head, from 0; default: all, of which shares and means are taken */
  readonly head?: number | undefined;
}

/**
 * Runs a trial and takes down what each query read: weights, scores and ranks of tokens, gold positions, and the reason
 * why they were found or missed.
 *
 * @throws UsageError for a query head that the reader does not have
 */
export function viewTrial(trial: NumericTrial, { ops, queries: limit = 24, head }: ViewOptions): TrialView {
  const settled = settle(trial);
  const { spec, shaping, reader } = settled;
  const heads = reader.kvHeads * reader.groupSize;
  if (head !== undefined && head >= heads)
    throw new UsageError(`head must be an integer in [0, ${heads - 1}]; got ${head}`);
  const problem = drawProblem(parseTask(trial.task), { ...trial, index: trial.trial });
  const use = { variant: spec.variant, params: spec.params, shaping };
  const viewer = new Viewer({ use, circuit: problem.circuit, ops, limit, head });
  const outcomes = readNumerics({
    problem,
    params: reader,
    ops,
    seed: streamsOf(trial),
    mechanisms: [viewer.mechanism()],
  });
  const { conclusion, seen } = outcomes.next().value as Outcome;
  const response = problem.respond(conclusion);
  return {
    row: makeRow(settled, { tokens: problem.tokens, graded: problem.score(response), seen }),
    texts: tokenTexts(problem.messages),
    response,
    answer: problem.answer,
    queries: viewer.queries,
    looked: viewer.looked,
  };
}
