import { ImpossibleError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { drawCompound, tokenWords } from "../parts/words.ts";
import { malformed } from "./ruler-task.ts";
import type { RulerPrompt, RulerTask } from "./ruler-task.ts";
import { readWords } from "./counted-words.ts";
import type { CountedWord } from "./counted-words.ts";

const beginning =
  "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most often.\n";

const promptOf = (context: string): string =>
  `${beginning}${context}\nQuestion: What are the 10 most common words in the above list?` +
  " Answer: The top 10 words that appear most often in the list are:";

const numbered = (words: readonly string[]): string => words.map((word, i) => `${i + 1}. ${word}`).join(" ");

/** Occurrences of each common word, and of each other word. */
interface Frequencies {
  readonly common: number;
  readonly others: number;
}

const commonWords = 10;

/** The list asked about and the example, whose words are fewer (scripts/data/synthetic/common_words_extraction.py). */
const long = { asked: { common: 30, others: 3 }, example: { common: 10, others: 3 }, exampleWords: 40 };
/** The same for lengths below 4,096. */
const short = { asked: { common: 6, others: 1 }, example: { common: 3, others: 1 }, exampleWords: 20 };

/** Different words one after another: those of the tokeniser in any order, then compounds. */
function* differentWords(random: Random): Generator<string, never> {
  yield* random.shuffled(tokenWords());
  for (;;) yield drawCompound(random);
}

const listOf = (words: readonly string[], { common, others }: Frequencies, random: Random): string[] =>
  random.shuffled(
    words.flatMap((word, w) => new Array<string>(w < commonWords ? common : others).fill(word)),
  );

/** Takes words as long as they fit, the common ones first. An item is a blank, a number, a full stop and the word. */
function wordsThatFit(
  tokens: number,
  words: Iterator<string, never>,
  { common, others }: Frequencies,
  count: CountTokens,
): string[] {
  const taken: string[] = [];
  let [left, items] = [tokens, 0];
  for (;;) {
    const word = words.next().value;
    const times = taken.length < commonWords ? common : others;
    left -= times * count(` ${word}`);
    for (let i = 0; i < times; i++) left -= count(` ${++items}.`);
    if (left < 0) break;
    taken.push(word);
  }
  if (taken.length <= commonWords)
    throw new ImpossibleError(
      `ruler(task=cwe): these tokens leave room for ${taken.length} words, not for ${commonWords + 1}; allowed: more tokens`,
    );
  return taken;
}

const item = /(\d+)\. (.+?)(?= \d+\. |$)/g;

/** Ten words come thirty times each, the others three times; an example stands before. */
export const commonWordsExtraction: RulerTask = {
  answerTokens: 120,

  write(tokens, random, count) {
    const { asked, example, exampleWords } = tokens + 120 < 4096 ? short : long;
    const words = differentWords(random.fork("words"));
    const shown = Array.from({ length: exampleWords }, () => words.next().value);
    const head = `${promptOf(numbered(listOf(shown, example, random.fork("example"))))} ${numbered(shown.slice(0, commonWords))}\n`;
    const own = wordsThatFit(tokens - count(head + promptOf("")), words, asked, count);
    return head + promptOf(numbered(listOf(own, asked, random.fork("list"))));
  },

  read(prompt, count): RulerPrompt {
    const asked = [
      ...prompt.matchAll(/\nQuestion: What are the (\d+) most common words in the above list\?/g),
    ].at(-1);
    const last = asked === undefined ? -1 : prompt.lastIndexOf(beginning, asked.index);
    if (asked === undefined || last < 0)
      throw malformed('no "What are the 10 most common words in the above list?"');
    const lists = [...prompt.slice(0, asked.index).matchAll(new RegExp(`${beginning}(.+)`, "g"))];
    const words = lists.flatMap(({ index, 1: text }): CountedWord[] => {
      const from = index + beginning.length;
      return [...text!.matchAll(item)].map(({ index: at, 0: whole, 2: word }) => ({
        start: from + at,
        end: from + at + whole.length,
        word: word!,
        list: index === last ? "asked" : "example",
      }));
    });
    return {
      ...readWords({ prompt, words, list: "asked", answers: Number(asked[1]), question: asked.index }, count),
      answerPrefix: " Answer: The top",
    };
  },
};
