import { Random } from "../../core/random.ts";
import { estimateOf, mean } from "../../core/stats.ts";
import type { Estimate } from "../../core/stats.ts";
import { errorDraws, meanError } from "../calibrate/loss.ts";
import type { Scores } from "../calibrate/sample.ts";
import { columnScores, meanFieldScores } from "../calibrate/scores.ts";
import type { ColumnScores, ReaderTrials } from "../calibrate/scores.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import type { Candidate } from "./candidates.ts";

/** Tokens from which the context of a column counts as long. */
const longFrom = 256_000;

/** A candidate's distance from another model's published scores. */
export interface Standing {
  readonly candidate: Candidate;
  readonly columns: ColumnScores;
  /** mean distance from the published scores, 0 to 1 */
  readonly error: Estimate;
  /** mean distance over the columns from `longFrom` tokens on */
  readonly longError: number;
  /** error of the unchanged reader minus this error, on the same trials */
  readonly gain: Estimate;
  /** this error minus that of the nearest candidate, on the same trials */
  readonly behind: Estimate;
}

export interface Standings {
  /** the fitted reader, unchanged */
  readonly base: Standing;
  /** the changes, nearest to the published scores first */
  readonly ranking: readonly Standing[];
}

/** Candidates and the trials of their scores. */
export interface RankOptions extends Pick<ReaderTrials, "trials" | "seed"> {
  /** the fitted reader, unchanged */
  readonly base: Candidate;
  readonly candidates: readonly Candidate[];
  /** called after each candidate and `base` */
  readonly onCandidate?: () => void;
}

/** Ranks candidates by their mean distance from published scores, in the mean field. */
export function rankCandidates(
  { base, candidates, trials, seed, onCandidate }: RankOptions,
  targets: readonly TargetColumn[],
): Standings {
  const scored = [base, ...candidates].map((candidate) => {
    const { variant, reader } = candidate;
    const scores = meanFieldScores({ variant, reader, trials, seed }, targets);
    onCandidate?.();
    return { candidate, scores };
  });
  return standingsOf(scored, targets);
}

/** Standings of scored candidates; the first of them is the unchanged reader. */
export function standingsOf(
  scored: readonly { readonly candidate: Candidate; readonly scores: Scores }[],
  targets: readonly TargetColumn[],
): Standings {
  // one stream name for all candidates, so that each draw takes the same problems for all
  const drawn = scored.map(({ scores }) => errorDraws(scores, targets, new Random("explain/trials")));
  const errors = scored.map(({ scores }) =>
    meanError(
      scores.map((values) => mean(values)),
      targets,
    ),
  );
  const nearest = errors.indexOf(Math.min(...errors));
  const difference = (a: number, b: number): Estimate =>
    estimateOf(
      errors[a]! - errors[b]!,
      drawn[a]!.map((error, r) => error - drawn[b]![r]!),
    );
  const long = targets.flatMap((target, i) => (target.tokens >= longFrom ? [i] : []));
  const standings = scored.map(({ candidate, scores }, c): Standing => ({
    candidate,
    columns: columnScores(scores, targets, "explain"),
    error: estimateOf(errors[c]!, drawn[c]!),
    longError: meanError(
      long.map((i) => mean(scores[i]!)),
      long.map((i) => targets[i]!),
    ),
    gain: difference(0, c),
    behind: difference(c, nearest),
  }));
  return {
    base: standings[0]!,
    ranking: standings.slice(1).sort((a, b) => a.error.value - b.error.value),
  };
}
