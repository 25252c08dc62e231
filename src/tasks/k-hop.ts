import { UsageError } from "../core/errors.ts";
import { int } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import { stringColumn } from "./parts/dataset-row.ts";
import type { Row } from "./parts/dataset-row.ts";
import { tokenOffsets, wordStart } from "./parts/spans.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

const mostHops = 16;
const longest = 131_072;
const letters = "abcdefghijklmnopqrstuvwxyz";

/** Names of characters: letters, and beyond the alphabet numbered ones. */
const characterName = (c: number): string =>
  c < letters.length ? letters[c]! : `${letters[c % letters.length]!}${Math.floor(c / letters.length)}`;

const head = (hops: number): string =>
  `A hop goes from a character of the sequence below to the character right after the last occurrence of the same character before it. Begin at the last character and make ${hops} hops.\n`;
const tail = "\nWhich character do you end at? Answer with that character alone.";

/** Where each place's hop goes: right after the last occurrence before it of the same character; -1 for nowhere. */
function hopsOf(sequence: readonly string[]): Int32Array {
  const last = new Map<string, number>();
  return Int32Array.from(sequence, (character, i) => {
    const before = last.get(character);
    last.set(character, i);
    return before === undefined ? -1 : before + 1;
  });
}

/** The places of a walk from the last one: as many hops as there are, `hops` at most. */
function walk(sequence: readonly string[], hops: number): number[] {
  const next = hopsOf(sequence);
  const path = [sequence.length - 1];
  while (path.length <= hops && next[path.at(-1)!]! >= 0) path.push(next[path.at(-1)!]!);
  return path;
}

/** Characters of which none comes twice in a row. */
function drawSequence(length: number, characters: number, random: Random): string[] {
  let at = random.below(characters);
  return Array.from({ length }, (_, i) => {
    if (i > 0) at = (at + 1 + random.below(characters - 1)) % characters;
    return characterName(at);
  });
}

const attempts = 1000;

/**
 * k-hop induction: from the last character to the one after its last occurrence before, and so on, k times. Each hop is
 * one step of the reader, so that a layer plan with fewer layers that reach all of the context than hops fails; the
 * source's transformers do k hops in about log2(k) layers, by layers that join hops already made.
 *
 * As the source draws sequences, neighbours differ; sequences with fewer hops than asked for are drawn again. A hop goes
 * back about as many places as there are characters: with 4 of them the hops stay at the end of a long context, with more
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

  generate(tokens, { hops: given, characters }, random, count = countTokens) {
    if (tokens > longest) throw new UsageError(`k-hop: the length must be <= ${longest}; got ${tokens}`);
    const hops = given < 0 ? random.fork("hops").below(mostHops + 1) : given;
    const drawing = random.fork("sequence");
    for (let i = 0; i < attempts; i++) {
      const sequence = drawSequence(tokens, characters, drawing);
      if (walk(sequence, hops).length === hops + 1)
        return problemOf(head(hops) + sequence.join(" ") + tail, count);
    }
    throw new UsageError(
      `k-hop: none of ${attempts} sequences of ${tokens} characters of ${characters} kinds has ${hops} hops; allowed: longer ones, fewer kinds, fewer hops`,
    );
  },

  load: (row) => problemOf(stringColumn("k-hop", row, "prompt"), countTokens, row),
});

const announced = /Begin at the last character and make (\d+) hops\.\n(.+)\nWhich character/;

const malformed = (reason: string): UsageError => new UsageError(`not a prompt of k-hop: ${reason}`);

/**
 * A place right after the n-th of a character is known by both, which counting tells without looking far. A record's key is
 * its own place, its value the place that its character leads to; from that one the character can be told too.
 */
function problemOf(prompt: string, count: CountTokens, loaded?: Row): Problem {
  const found = announced.exec(prompt);
  if (found === null) throw malformed('no "Begin at the last character and make ... hops."');
  const from = found.index + found[0].indexOf("\n") + 1;
  const places = [...found[2]!.matchAll(/\S+/g)].map(({ index, 0: text }) => ({ start: from + index, text }));
  const sequence = places.map(({ text }) => text);
  const hops = Number(found[1]);
  const path = walk(sequence, hops);
  if (path.length <= hops) throw malformed(`its sequence has ${path.length - 1} hops, not ${hops}`);
  const spans = places.flatMap(({ start, text }) => [wordStart(prompt, start), start + text.length]);
  const offsets = tokenOffsets(prompt, spans, count);
  // a place from 1 on is a feature of that number; after these, a first character that leads nowhere
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
        start: each.map((place) => offsets[2 * place]!),
        anchor: each.map((place) => offsets[2 * place + 1]! - 1),
        key: [{ weight: 1, features: each }],
        value: each.map(leadsTo),
      },
      contextEnd: offsets.at(-1)! - 1,
      candidates: Int32Array.from({ length: length - 1 + characters.length }, (_, c) => c + 1),
      start: leadsTo(last),
      hops,
    },
    answer,
    ...(typeof loaded?.["answer"] === "string" && { stated: loaded["answer"] }),
    respond: (conclusion) => (hops === 0 ? sequence[last]! : characterOf(conclusion.at(-1)!)),
    score: (response) => {
      const exact = response.trim() === answer;
      return { score: Number(exact), exact };
    },
    row: () => loaded ?? { prompt, answer, hops },
  };
}
