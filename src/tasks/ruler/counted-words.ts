import { withOthers } from "../parts/candidates.ts";
import { Features } from "../parts/features.ts";
import { recordSpans } from "../parts/spans.ts";
import type { TextSpan } from "../parts/spans.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import type { RulerPrompt } from "./ruler-task.ts";

/** A word that counts. Its span begins with its number, if it has one. */
export interface CountedWord extends TextSpan {
  readonly word: string;
  /** what all words of its list have in common */
  readonly list: string;
}

/** A prompt that asks for the most frequent words of a list. */
export interface CountedWords {
  readonly prompt: string;
  readonly words: readonly CountedWord[];
  /** the list that is asked about */
  readonly list: string;
  /** number of words asked for */
  readonly answers: number;
  /** character at which the question begins */
  readonly question: number;
}

/** Reads a prompt for aggregation: a record for each word, keyed by the list it stands in. */
export function readWords(
  { prompt, words, list, answers, question }: CountedWords,
  count: CountTokens,
): Omit<RulerPrompt, "answerPrefix"> {
  const features = new Features();
  const keys = Int32Array.from(words, (word) => features.index(`list:${word.list}`));
  const values = Int32Array.from(words, ({ word }) => features.index(`word:${word}`));
  const own = words.filter((word) => word.list === list).map(({ word }) => word);
  const inText = own.map((word) => features.index(`word:${word}`));
  const { spans, contextEnd } = recordSpans(prompt, words, question, count);
  return {
    answers: mostFrequent(own, answers),
    features,
    circuit: {
      kind: "aggregate",
      records: { ...spans, key: [{ weight: 1, features: keys }], value: values },
      contextEnd,
      candidates: withOthers(inText, features, "word"),
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
