import { ImpossibleError, UsageError } from "../core/errors.ts";
import { int, real } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import { rowOfProblem, stringColumn, withAnswer } from "./parts/dataset-row.ts";
import type { LoadedRow } from "./parts/dataset-row.ts";
import { Features } from "./parts/features.ts";
import { recordSpans, wordStart } from "./parts/spans.ts";
import type { TextSpan } from "./parts/spans.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";
import { tokenWords } from "./parts/words.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";

const mostPairs = 1024;

/** Pairs for a length: zoology's (64, 4), (128, 8), (256, 16), (512, 64), and so on to `mostPairs`. */
const pairsOf = (length: number): number =>
  Math.min(mostPairs, Math.floor(length < 512 ? length / 16 : length / 8));

const head = (pairs: number): string =>
  `The list below begins with ${pairs} keys, each followed by its value. Later in the list every one of these keys comes once more, among other words.\n`;
const tail =
  "\nGive the values of these keys, in the order in which the keys come the second time, with a blank between two of them.";

/** Draws `count` different places of [0, space), place g with weight (g + 1)^(power - 1). */
export function drawGaps(count: number, space: number, power: number, random: Random): number[] {
  // the largest of u^(1/w) are a weighted sample without replacement: Efraimidis and Spirakis 2006
  const keyed = Array.from({ length: space }, (_, g) => ({
    g,
    key: Math.log(1 - random.uniform()) / (g + 1) ** (power - 1),
  }));
  return keyed
    .sort((a, b) => b.key - a.key)
    .slice(0, count)
    .map(({ g }) => g);
}

/**
 * Multi-query associative recall as zoology generates it: key-value pairs, then every key once more, at gaps that follow
 * a power law. Between them stand words from the rest of the vocabulary; the source draws them from all of it, so that
 * keys of the list are among them, which it does not ask for. Symbols are words of one token each: the first half of the
 * vocabulary are keys, the second half values. The nominal length is that of the list; an instruction stands around it.
 */
export const mqar = defineTask({
  name: "mqar",
  summary: "multi-query associative recall: many key-value pairs, and every key once more",
  sources: [
    {
      title: "Zoology: Measuring and Improving Recall in Efficient Language Models",
      url: "https://arxiv.org/abs/2312.04927",
    },
    {
      title: "HazyResearch/zoology",
      url: "https://github.com/HazyResearch/zoology",
      where: "zoology/data/multiquery_ar.py",
    },
  ],
  params: {
    pairs: int(`key-value pairs; 0: the length over 16, from 512 on over 8, ${mostPairs} at most`, {
      default: 0,
      min: 0,
      max: 8192,
      sweep: [4, 16, 64, 256],
    }),
    vocabulary: int("words: half of them keys, half of them values", { default: 8192, min: 4, max: 32_768 }),
    power: real("exponent of the gaps' power law, p(g) proportional to g^(power - 1)", {
      default: 0.01,
      min: 0,
      max: 1,
    }),
  },
  asks: ({ pairs }) => ({ queries: pairs || mostPairs, phase: "decode" }),
  lengths: [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072],

  generate(tokens, { pairs: given, vocabulary, power }, random, count = countTokens) {
    const pairs = given === 0 ? pairsOf(tokens) : given;
    const half = Math.floor(vocabulary / 2);
    if (pairs < 1 || 4 * pairs > tokens)
      throw new ImpossibleError(
        `mqar: ${pairs} pairs need a length >= ${Math.max(16, 4 * pairs)}; got ${tokens}`,
      );
    if (pairs >= half)
      throw new UsageError(`mqar: ${pairs} pairs need a vocabulary > ${2 * pairs + 1}; got ${vocabulary}`);
    const words = tokenWords();
    const draw = (from: number, to: number, name: string): string[] =>
      random.fork(name).shuffled(words.slice(from, to)).slice(0, pairs);
    const keys = draw(1, half, "keys");
    const values = draw(half, vocabulary, "values");
    const list = keys.flatMap((key, i) => [key, values[i]!]);
    const others = random.fork("others");
    const asked = new Set(keys);
    while (list.length < tokens) {
      const word = words[others.below(vocabulary)]!;
      if (!asked.has(word)) list.push(word);
    }
    const space = Math.floor((tokens - 2 * pairs) / 2);
    drawGaps(pairs, space, power, random.fork("gaps")).forEach((gap, i) => {
      list[2 * pairs + 2 * gap] = keys[i]!;
    });
    return mqarProblem(head(pairs) + list.join(" ") + tail, vocabulary, count);
  },

  load: (row, { vocabulary }) =>
    mqarProblem(stringColumn("mqar", row, "prompt"), vocabulary, countTokens, withAnswer(row)),
});

const announced = /The list below begins with (\d+) keys, .+\n(.+)\nGive the values/;

const malformed = (reason: string): UsageError => new UsageError(`not a prompt of mqar: ${reason}`);

/** Reads a problem from its prompt. */
function mqarProblem(prompt: string, vocabulary: number, count: CountTokens, loaded?: LoadedRow): Problem {
  const found = announced.exec(prompt);
  if (found === null) throw malformed('no "The list below begins with ..."');
  const from = found.index + found[0].indexOf("\n") + 1;
  const words = [...found[2]!.matchAll(/\S+/g)].map(({ index, 0: word }) => ({
    word,
    start: wordStart(prompt, from + index),
    end: from + index + word.length,
  }));
  const pairs = Number(found[1]);
  const valueOf = new Map<string, string>();
  for (let i = 0; i < 2 * pairs && i + 1 < words.length; i += 2)
    valueOf.set(words[i]!.word, words[i + 1]!.word);
  if (valueOf.size !== pairs) throw malformed(`its list has ${valueOf.size} keys, not ${pairs}`);
  const queries = words.slice(2 * pairs).filter(({ word }) => valueOf.has(word));
  const values = queries.map(({ word }) => valueOf.get(word)!);
  const each = Int32Array.from({ length: pairs }, (_, r) => r);
  const pairSpans = Array.from(each, (r): TextSpan => ({
    start: words[2 * r]!.start,
    end: words[2 * r + 1]!.end,
  }));
  const { spans } = recordSpans(prompt, [...pairSpans, ...queries], prompt.length, count);
  const features = new Features();
  const keyFeatures = each.map((r) => features.index(`key:${words[2 * r]!.word}`));
  const valueFeatures = each.map((r) => features.index(`value:${words[2 * r + 1]!.word}`));
  const known = tokenWords().slice(Math.floor(vocabulary / 2), vocabulary);
  const answer = values.join(" ");
  return {
    messages: [{ role: "user", content: prompt }],
    tokens: count(prompt),
    features: features.names,
    circuit: {
      kind: "retrieve",
      records: {
        count: pairs,
        start: spans.start.slice(0, pairs),
        anchor: spans.anchor.slice(0, pairs),
        key: [{ weight: 1, features: keyFeatures }],
        value: valueFeatures,
      },
      contextEnd: spans.anchor[pairs - 1]!,
      candidates: Int32Array.from(
        new Set([...valueFeatures, ...known.map((word) => features.index(`value:${word}`))]),
      ),
      asked: queries.map(({ word }) => [{ weight: 1, feature: features.index(`key:${word}`) }]),
      positions: spans.anchor.slice(pairs),
      answers: 1,
    },
    answer,
    respond: (conclusion) => conclusion.map((f) => features.names[f]!.slice("value:".length)).join(" "),
    score(response) {
      const given = response.trim().split(/\s+/);
      const right = values.filter((value, i) => given[i] === value).length;
      return { score: right / values.length, exact: right === values.length && given.length === right };
    },
    ...rowOfProblem(loaded, () => ({ prompt, answer })),
  };
}
