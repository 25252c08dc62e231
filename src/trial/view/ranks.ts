import type { Choice } from "../../engines/choice.ts";
import type { ChoiceRank } from "./gold.ts";

/** The unit of a choice that holds a token. */
const unitOf = ({ first, unit }: Choice, token: number): number => Math.floor((token - first) / unit);

/** Ranks of scores, 1 for the largest; equal scores rank by their place. NaN for a score that is NaN. */
export function rankScores(scores: Float64Array): Float64Array {
  const ranks = new Float64Array(scores.length).fill(NaN);
  Array.from(scores.keys())
    .filter((at) => !Number.isNaN(scores[at]!))
    // a difference of two infinities is no number
    .sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b]! - scores[a]!))
    .forEach((at, i) => (ranks[at] = i + 1));
  return ranks;
}

/** Choices of one query head, and where each token stands in them. */
export class HeadChoices {
  readonly #choices: readonly {
    readonly choice: Choice;
    readonly ranks: Float64Array;
    readonly of: number;
  }[];

  /** @param choices in the order in which they were made */
  constructor(choices: readonly Choice[]) {
    this.#choices = choices.map((choice) => {
      const ranks = rankScores(choice.scores);
      return { choice, ranks, of: ranks.reduce((count, rank) => count + (rank > 0 ? 1 : 0), 0) };
    });
  }

  /** Place of a token in the last choice in which it was a candidate; an eviction that it did not survive comes first. */
  rankOf(token: number): ChoiceRank | undefined {
    let found: ChoiceRank | undefined;
    for (const { choice, ranks, of } of this.#choices) {
      const { kind, unit, taken, scores } = choice;
      const at = unitOf(choice, token);
      const rank = ranks[at];
      if (rank === undefined || Number.isNaN(rank)) continue;
      found = { kind, unit, taken, score: scores[at]!, rank, of };
      if (kind === "keep" && rank > taken) break;
    }
    return found;
  }
}
