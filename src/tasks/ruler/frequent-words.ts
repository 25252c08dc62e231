import type { Random } from "../../core/random.ts";
import { ImpossibleError } from "../../core/errors.ts";
import { wordStart } from "../parts/spans.ts";
import { malformed } from "./ruler-task.ts";
import type { RulerPrompt, RulerTask } from "./ruler-task.ts";
import { readWords } from "./counted-words.ts";

const beginning =
  "Read the following coded text and track the frequency of each coded word. Find the three most frequently appeared coded words. ";
const question =
  "\nQuestion: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text?";
const answerPrefix =
  " Answer: According to the coded text above, the three most frequently appeared words are:";

const dots = "...";
const wordLetters = 6;
const letters = "abcdefghijklmnopqrstuvwxyz";

/** zeta(2), which makes k^-2 a distribution. */
const zeta2 = Math.PI ** 2 / 6;

/** Occurrences of the word of each rank among `words` words: floor(words k^-2 / zeta(2)). */
const frequencies = (words: number, ranks: number): number[] =>
  Array.from({ length: ranks }, (_, k) => Math.floor(words / ((k + 1) ** 2 * zeta2)));

/** Draws words by rank; the most frequent is noise. */
function drawVocabulary(size: number, random: Random): string[] {
  const drawn = new Set<string>();
  while (drawn.size < size)
    drawn.add(Array.from({ length: wordLetters }, () => letters[random.below(26)]!).join(""));
  return [dots, ...[...drawn].slice(1)];
}

/** Coded words with frequencies of a zeta distribution, alpha = 2 (scripts/data/synthetic/freq_words_extraction.py). */
export const frequentWords: RulerTask = {
  answerTokens: 50,

  write(tokens, random, count) {
    const vocabulary = drawVocabulary(Math.floor(tokens / 50), random.fork("words"));
    const sizes = vocabulary.map((word) => count(` ${word}`));
    const empty = count(beginning.trimEnd() + question + answerPrefix);
    const sizeOf = (words: number): number =>
      frequencies(words, sizes.length).reduce((sum, times, k) => sum + times * sizes[k]!, empty);
    const step = Math.max(1, Math.floor(tokens / 32));
    let words = Math.floor(tokens / wordLetters);
    while (sizeOf(words + step) <= tokens) words += step;
    const times = frequencies(words, vocabulary.length);
    if (!times[4] || sizeOf(words) > tokens)
      throw new ImpossibleError(
        `ruler(task=fwe): ${tokens} tokens have no room for four words; allowed: more tokens`,
      );
    const text = vocabulary.flatMap((word, k) => new Array<string>(times[k]!).fill(word));
    return beginning + random.fork("places").shuffled(text).join(" ") + question + answerPrefix;
  },

  read(prompt, count): RulerPrompt {
    const end = prompt.lastIndexOf(question);
    const begun = prompt.lastIndexOf(beginning, end);
    if (end < 0 || begun < 0)
      throw malformed('no "What are the three most frequently appeared words in the above coded text?"');
    const from = begun + beginning.length;
    const words = [...prompt.slice(from, end).matchAll(/[^\s.]+/g)].map(({ index, 0: word }) => ({
      start: wordStart(prompt, from + index),
      end: from + index + word.length,
      word,
      list: "coded",
    }));
    return {
      ...readWords({ prompt, words, list: "coded", answers: 3, question: end }, count),
      answerPrefix: " Answer: According",
    };
  },
};
