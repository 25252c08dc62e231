import { ImpossibleError, UsageError } from "../core/errors.ts";
import { int } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import { rowOfProblem, stringColumn, withAnswer } from "./parts/dataset-row.ts";
import type { LoadedRow } from "./parts/dataset-row.ts";
import { recordSpans, wordStart } from "./parts/spans.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";

const mostHops = 16;
const longest = 131_072;
const letters = "abcdefghijklmnopqrstuvwxyz";

/** Name of a character: a letter, or beyond the alphabet a numbered one. */
const characterName = (c: number): string =>
  c < letters.length ? letters[c]! : `${letters[c % letters.length]!}${Math.floor(c / letters.length)}`;

const head = (hops: number): string =>
  `A hop goes from a character of the sequence below to the character right after the last occurrence of the same character before it. Begin at the last character and make ${hops} hops.\n`;
const tail = "\nWhich character do you end at? Answer with that character alone.";

/** Place to which the hop from each place goes: right after the last earlier occurrence of its character; -1 for none. */
export function hopsOf(sequence: readonly (string | number)[]): Int32Array {
  const last = new Map<string | number, number>();
  return Int32Array.from(sequence, (character, i) => {
    const before = last.get(character);
    last.set(character, i);
    return before === undefined ? -1 : before + 1;
  });
}

/** Places of a walk from the last place, of `hops` hops or as many as there are. */
function walk(sequence: readonly string[], hops: number): number[] {
  const next = hopsOf(sequence);
  const path = [sequence.length - 1];
  while (path.length <= hops && next[path.at(-1)!]! >= 0) path.push(next[path.at(-1)!]!);
  return path;
}

/** Draws characters, numbered from 0, of which none comes twice in a row. */
export function drawCharacters(length: number, characters: number, random: Random): number[] {
  let at = random.below(characters);
  return Array.from({ length }, (_, i) => {
    if (i > 0) at = (at + 1 + random.below(characters - 1)) % characters;
    return at;
  });
}

const attempts = 1000;

/**
 * k-hop induction: from the last character to the one after its last earlier occurrence, and so on, k times. Each hop is
 * one step of the reader, so that a layer plan fails if fewer of its layers than hops reach all of the context. The
 * source's transformers do k hops in about log2(k) layers, which join hops already made.
 *
 * Neighbours in a sequence differ, as in the source, and a sequence with too few hops is drawn again. A hop goes back
 * about as many places as there are characters: with 4 of them the hops stay at the end of a long context, with more
 * they reach over it. The nominal length is that of the sequence; an instruction stands around it.
 */
export const kHop = defineTask({
  name: "k-hop",
  summary: "k-hop induction: follow the last earlier occurrence of a character, k times",
  sources: [
    {
      title: "Transformers, parallel computation, and logarithmic depth",
      url: "https://arxiv.org/abs/2402.09268",
      where: "section 4, appendix G.1: 100 characters of 4 kinds, k to 16",
    },
    {
      title: "chsanford/hop-induction-heads",
      url: "https://github.com/chsanford/hop-induction-heads",
      where: "src/tasks.py",
    },
  ],
  params: {
    hops: int(`hops; -1 draws them from 0 to ${mostHops} for each problem, as the source does`, {
      default: -1,
      min: -1,
      max: 64,
      sweep: [1, 2, 4, 8, 16],
    }),
    characters: int("different characters", { default: 4, min: 3, max: 4096 }),
  },
  lengths: [100, 1000, 4096, 8192, 16_384, 32_768, 65_536, longest],
  longest,

  generate(tokens, { hops: given, characters }, random, count = countTokens) {
    if (tokens > longest) throw new ImpossibleError(`k-hop: the length must be <= ${longest}; got ${tokens}`);
    const hops = given < 0 ? random.fork("hops").below(mostHops + 1) : given;
    const drawing = random.fork("sequence");
    for (let i = 0; i < attempts; i++) {
      const sequence = drawCharacters(tokens, characters, drawing).map(characterName);
      if (walk(sequence, hops).length === hops + 1)
        return kHopProblem(head(hops) + sequence.join(" ") + tail, count);
    }
    throw new ImpossibleError(
      `k-hop: none of ${attempts} sequences of ${tokens} characters of ${characters} kinds has ${hops} hops; allowed: longer ones, fewer kinds, fewer hops`,
    );
  },

  load: (row) => kHopProblem(stringColumn("k-hop", row, "prompt"), countTokens, withAnswer(row)),
});

const announced = /Begin at the last character and make (\d+) hops\.\n(.+)\nWhich character/;

const malformed = (reason: string): UsageError => new UsageError(`not a prompt of k-hop: ${reason}`);

/**
 * Reads a problem from its prompt. A record's key is its own place: a place is known to be the one after the n-th
 * occurrence of a character, which counting tells without looking far. Its value is the place that its character leads
 * to, which tells that place's character too.
 */
function kHopProblem(prompt: string, count: CountTokens, loaded?: LoadedRow): Problem {
  const found = announced.exec(prompt);
  if (found === null) throw malformed('no "Begin at the last character and make ... hops."');
  const from = found.index + found[0].indexOf("\n") + 1;
  const words = [...found[2]!.matchAll(/\S+/g)];
  const sequence = words.map(([text]) => text);
  const hops = Number(found[1]);
  const path = walk(sequence, hops);
  if (path.length <= hops) throw malformed(`its sequence has ${path.length - 1} hops, not ${hops}`);
  const places = words.map(({ index, 0: text }) => ({
    start: wordStart(prompt, from + index),
    end: from + index + text.length,
  }));
  const { spans, contextEnd } = recordSpans(prompt, places, places.at(-1)!.end, count);
  // a place from 1 on is a feature of that number; behind them come first characters that lead nowhere
  const { length } = sequence;
  const characters = [...new Set(sequence)];
  const next = hopsOf(sequence);
  const leadsTo = (place: number): number =>
    next[place]! >= 0 ? next[place]! : length + characters.indexOf(sequence[place]!);
  const characterOf = (feature: number): string =>
    feature < length ? sequence[feature - 1]! : characters[feature - length]!;
  const each = Int32Array.from({ length: length - 1 }, (_, r) => r + 1);
  const last = length - 1;
  const answer = sequence[path.at(-1)!]!;
  return {
    messages: [{ role: "user", content: prompt }],
    tokens: count(prompt),
    features: [
      ...Array.from({ length }, (_, place) => `place:${place}`),
      ...characters.map((character) => `first:${character}`),
    ],
    circuit: {
      kind: "chain",
      records: {
        count: each.length,
        start: spans.start.slice(1),
        anchor: spans.anchor.slice(1),
        key: [{ weight: 1, features: each }],
        value: each.map(leadsTo),
      },
      contextEnd,
      candidates: Int32Array.from({ length: length - 1 + characters.length }, (_, c) => c + 1),
      start: leadsTo(last),
      hops,
    },
    answer,
    respond: (conclusion) => (hops === 0 ? sequence[last]! : characterOf(conclusion.at(-1)!)),
    score: (response) => {
      const exact = response.trim() === answer;
      return { score: Number(exact), exact };
    },
    ...rowOfProblem(loaded, () => ({ prompt, answer, hops })),
  };
}
