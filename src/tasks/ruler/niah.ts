import type { Random } from "../../core/random.ts";
import { withOthers } from "../parts/candidates.ts";
import { Features } from "../parts/features.ts";
import { recordSpans, wordStart } from "../parts/spans.ts";
import { drawCompound } from "../parts/words.ts";
import { essaySentences } from "../parts/essay.ts";
import { fill, inserted, noise, sample } from "../parts/haystack.ts";
import { malformed } from "./ruler-task.ts";
import type { RulerPrompt, RulerTask } from "./ruler-task.ts";

/** Kinds of keys and values. */
type NeedleKind = "numbers" | "words" | "uuids";

/** Arguments of scripts/data/synthetic/niah.py; those left out are 1. */
export interface NiahSettings {
  readonly haystack: "noise" | "essay" | "needle";
  readonly keyKind: NeedleKind;
  readonly valueKind: NeedleKind;
  readonly keys?: number;
  readonly values?: number;
  readonly queries?: number;
}

const template =
  "Some special magic {type_needle_v} are hidden within the following text. Make sure to memorize it. I will quiz you about the {type_needle_v} afterwards.\n{context}\nWhat are all the special magic {type_needle_v} for {query} mentioned in the provided text?";
const answerPrefix = " The special magic {type_needle_v} for {query} mentioned in the provided text are";

interface Needle {
  readonly key: string;
  readonly value: string;
}

const needleText = (kind: NeedleKind, { key, value }: Needle): string =>
  `One of the special magic ${kind} for ${key} is: ${value}.`;

const digits = "0123456789abcdef";

function drawUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => digits[random.below(16)]!);
  hex[12] = "4";
  hex[16] = digits[8 + random.below(4)]!;
  return [0, 8, 12, 16, 20, 32]
    .slice(1)
    .map((to, i, ends) => hex.slice(i === 0 ? 0 : ends[i - 1], to).join(""))
    .join("-");
}

function draw(kind: NeedleKind, random: Random): string {
  switch (kind) {
    case "numbers":
      return String(1_000_000 + random.below(9_000_000));
    case "words":
      return drawCompound(random);
    case "uuids":
      return drawUuid(random);
  }
}

/** Depths of needles in essays, in percent: round(linspace(0, 100, 40)). */
const depths = Array.from({ length: 40 }, (_, i) => Math.round((100 * i) / 39));

/** Fills the blanks of the template. A single answer is asked for in the singular, by RULER's replacements. */
function promptOf(single: boolean, valueKind: NeedleKind, context: string, query: string): string {
  const text = template + answerPrefix;
  const worded = single
    ? text.replaceAll("Some", "A").replaceAll("are all", "is").replaceAll("are", "is")
    : text;
  const kind = single ? valueKind.slice(0, -1) : valueKind;
  // the context goes in last: it may hold what looks like a blank
  return worded
    .replaceAll("{type_needle_v}", kind)
    .replaceAll("{query}", query)
    .replace("{context}", () => context);
}

const queryText = (queries: readonly string[]): string =>
  queries.length > 1 ? `${queries.slice(0, -1).join(", ")}, and ${queries.at(-1)!}` : queries[0]!;

const needlePattern = /One of the special magic (?:numbers|words|uuids) for (\S+) is: (\S+)\./g;
const questionPattern =
  /\nWhat (is|are all) the special magic (?:number|word|uuid)s? for (.+?) mentioned in the provided text\?/g;

/** Needles in a haystack: one of RULER's eight settings. */
export const niah = (settings: NiahSettings): RulerTask => ({
  answerTokens: 128,

  write(tokens, random, count) {
    const { haystack, keyKind, valueKind, values = 1, queries = 1 } = settings;
    const keys = Math.max(settings.keys ?? 1, queries);
    const drawing = random.fork("needles");
    const drawn = Array.from({ length: keys }, () => draw(keyKind, drawing));
    const needles = drawing.shuffled(
      drawn.flatMap((key) =>
        Array.from({ length: values }, () => needleText(valueKind, { key, value: draw(valueKind, drawing) })),
      ),
    );
    const query = queryText(sample(drawn, queries, random.fork("query")));
    const write = (context: string): string => promptOf(queries * values === 1, valueKind, context, query);
    const join = haystack === "essay" ? " " : "\n";
    const fillers = random.fork("haystack");
    const essay = essaySentences(fillers);
    const next = (): string => {
      switch (haystack) {
        case "essay":
          return essay.next().value;
        case "noise":
          return noise;
        case "needle":
          return needleText(valueKind, { key: draw(keyKind, fillers), value: draw(valueKind, fillers) });
      }
    };
    const sentences = fill({
      tokens: tokens - count(write(needles.join(join))),
      least: needles.length,
      next,
      sizeOf: (sentence) => count(`.${join}${sentence}`) - 1,
    });
    const placing = random.fork("places");
    const places =
      haystack === "essay"
        ? sample(depths, needles.length, placing).map((depth) => Math.floor((sentences.length * depth) / 100))
        : sample([...sentences.keys()], needles.length, placing);
    return write(inserted(sentences, needles, places).join(join));
  },

  read(prompt, count): RulerPrompt {
    const question = [...prompt.matchAll(questionPattern)].at(-1);
    if (question === undefined)
      throw malformed('no "What is the special magic ... mentioned in the provided text?"');
    const found = [...prompt.slice(0, question.index).matchAll(needlePattern)];
    const features = new Features();
    const keys = Int32Array.from(found, ([, key]) => features.index(`key:${key!}`));
    const values = Int32Array.from(found, ([, , value]) => features.index(`value:${value!}`));
    const queries = question[2]!.split(/, and |, /);
    const asked = queries.map((key) => [{ weight: 1, feature: features.index(`key:${key}`) }]);
    const answers = queries.flatMap((query) =>
      found.flatMap(([, key, value]) => (key === query ? [value!] : [])),
    );
    if (answers.length === 0) throw malformed(`it asks for ${queries.join(", ")}, which no needle is for`);
    // a record ends with its value: the full stop after it is a token of its own
    const needles = found.map(({ index, 0: { length }, 2: value }) => {
      const end = index + length - 1;
      return {
        start: wordStart(prompt, index),
        end,
        value: { start: wordStart(prompt, end - value!.length), end },
      };
    });
    const { spans, contextEnd } = recordSpans(prompt, needles, question.index, count);
    return {
      answers,
      features,
      circuit: {
        kind: "retrieve",
        records: { ...spans, key: [{ weight: 1, features: keys }], value: values },
        contextEnd,
        candidates: withOthers(values, features, "value"),
        asked,
        ...(question[1] === "is" && { answers: 1 }),
      },
      textOf: (feature) => features.names[feature]!.slice("value:".length),
      answerPrefix: " The special magic",
    };
  },
});
