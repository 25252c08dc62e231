import { Features } from "../parts/features.ts";
import { tokenOffsets } from "../parts/spans.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { withOthers } from "./ruler-task.ts";
import type { Reading } from "./ruler-task.ts";

/** A word that counts: where it stands, from its number on, and what it is. */
export interface CountedWord {
  readonly start: number;
  readonly end: number;
  readonly word: string;
  /** what all words of its list have in common */
  readonly list: string;
}

/**
 * What aggregation makes of words: a record each, keyed by the list it stands in.
 *
 * @param list the one that is asked about
 * @param contextEnd character where the question begins
 */
export function readWords(
  prompt: string,
  words: readonly CountedWord[],
  list: string,
  answers: number,
  contextEnd: number,
  count: CountTokens,
): Pick<Reading, "answers" | "features" | "circuit" | "textOf"> {
  const features = new Features();
  const keys = Int32Array.from(words, (word) => features.index(`list:${word.list}`));
  const values = Int32Array.from(words, ({ word }) => features.index(`word:${word}`));
  const own = words.filter((word) => word.list === list).map(({ word }) => word);
  const offsets = tokenOffsets(
    prompt,
    [...words.flatMap(({ start, end }) => [start, end]), contextEnd],
    count,
  );
  return {
    answers: mostFrequent(own, answers),
    features,
    circuit: {
      kind: "aggregate",
      records: {
        count: words.length,
        start: Int32Array.from(words, (_, r) => offsets[2 * r]!),
        anchor: Int32Array.from(words, (_, r) => offsets[2 * r + 1]! - 1),
        key: [{ weight: 1, features: keys }],
        value: values,
      },
      contextEnd: offsets.at(-1)! - 1,
      candidates: withOthers(
        own.map((word) => features.index(`word:${word}`)),
        features,
        "word",
      ),
      asked: features.index(`list:${list}`),
      answers,
    },
    textOf: (feature) => features.names[feature]!.slice("word:".length),
  };
}

/** The words that come most often, the most frequent first; of equals, the one that comes first. */
function mostFrequent(words: readonly string[], n: number): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, n)
    .map(([word]) => word);
}
