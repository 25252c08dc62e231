import { Random } from "../../core/random.ts";
import { mean } from "../../core/stats.ts";
import { columnScores, theoryScores } from "../calibrate/calibrate.ts";
import type { ColumnScores, Drawing } from "../calibrate/calibrate.ts";
import { errorDraws, intervalOf } from "../calibrate/sample.ts";
import type { Estimate, Scores } from "../calibrate/sample.ts";
import { meanError } from "../calibrate/target.ts";
import type { Target } from "../calibrate/target.ts";
import type { Candidate } from "./candidates.ts";

/** Context from which on a column counts as long, tokens. */
const longFrom = 256_000;

/** How a change does on another model's columns. */
export interface Standing {
  readonly candidate: Candidate;
  readonly columns: ColumnScores;
  /** mean distance from the published scores, 0 to 1 */
  readonly error: Estimate;
  /** of the columns from `longFrom` on alone */
  readonly longError: number;
  /** by how much it comes nearer than the fitted reader does, the same trials of both */
  readonly gain: Estimate;
  /** by how much it is farther than the first of the ranking */
  readonly behind: Estimate;
}

export interface Explanation {
  /** the fitted reader as it is */
  readonly base: Standing;
  /** changes, those nearest to the published scores first */
  readonly ranking: readonly Standing[];
}

/**
 * Ranks changes of a fitted reader by their mean distance from another model's published scores, in the mean field.
 *
 * @param onCandidate after each, the fitted reader first
 */
export function explain(
  base: Candidate,
  candidates: readonly Candidate[],
  targets: readonly Target[],
  { trials, seed }: Pick<Drawing, "trials" | "seed">,
  onCandidate: () => void = () => undefined,
): Explanation {
  const scored = [base, ...candidates].map((candidate) => {
    const scores = theoryScores(
      { variant: candidate.variant, reader: candidate.reader, trials, seed },
      targets,
    );
    onCandidate();
    return { candidate, scores };
  });
  return rank(scored, targets);
}

/** The standings of scored changes, the first of which is no change. */
export function rank(
  scored: readonly { readonly candidate: Candidate; readonly scores: Scores }[],
  targets: readonly Target[],
): Explanation {
  // drawn from one name: trial by trial, the same problems of every candidate
  const drawn = scored.map(({ scores }) => errorDraws(scores, targets, new Random("explain/trials")));
  const errors = scored.map(({ scores }) =>
    meanError(
      scores.map((values) => mean(values)),
      targets,
    ),
  );
  const first = errors.indexOf(Math.min(...errors));
  const less = (a: number, b: number): Estimate =>
    intervalOf(
      errors[a]! - errors[b]!,
      drawn[a]!.map((error, r) => error - drawn[b]![r]!),
    );
  const standings = scored.map(({ candidate, scores }, c): Standing => {
    const long = targets.flatMap((target, i) => (target.tokens >= longFrom ? [i] : []));
    return {
      candidate,
      columns: columnScores(scores, targets, "explain"),
      error: intervalOf(errors[c]!, drawn[c]!),
      longError: meanError(
        long.map((i) => mean(scores[i]!)),
        long.map((i) => targets[i]!),
      ),
      gain: less(0, c),
      behind: less(c, first),
    };
  });
  return {
    base: standings[0]!,
    ranking: standings.slice(1).sort((a, b) => a.error.value - b.error.value),
  };
}
