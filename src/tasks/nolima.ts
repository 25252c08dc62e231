import { UsageError } from "../core/errors.ts";
import { int, real } from "../core/params.ts";
import { withOthers } from "./parts/candidates.ts";
import { rowOfProblem, stringColumn, withAnswer } from "./parts/dataset-row.ts";
import type { LoadedRow } from "./parts/dataset-row.ts";
import { essaySentences } from "./parts/essay.ts";
import { Features } from "./parts/features.ts";
import { fill, inserted } from "./parts/haystack.ts";
import { matchAll } from "./parts/match-all.ts";
import { recordSpans, wordStart } from "./parts/spans.ts";
import type { TextSpan } from "./parts/spans.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";

/** Landmarks and their cities, none of which the essays name. */
const landmarks: readonly (readonly [landmark: string, city: string])[] = [
  ["the Brandenburg Gate", "Berlin"],
  ["the Little Mermaid statue", "Copenhagen"],
  ["the Sagrada Familia", "Barcelona"],
  ["the Trevi Fountain", "Rome"],
  ["the Hofburg palace", "Vienna"],
  ["the Hermitage museum", "Saint Petersburg"],
  ["the Acropolis", "Athens"],
  ["the Gyeongbokgung palace", "Seoul"],
  ["the Kiyomizu temple", "Kyoto"],
  ["the Blue Mosque", "Istanbul"],
  ["the Atomium", "Brussels"],
  ["the Rijksmuseum", "Amsterdam"],
  ["the Vasa museum", "Stockholm"],
  ["the Petronas Towers", "Kuala Lumpur"],
  ["the Burj Khalifa", "Dubai"],
  ["the Space Needle", "Seattle"],
];

// prettier-ignore
const characters = [
  "Amelia", "Bruno", "Clara", "Desmond", "Elena", "Farid", "Gwen", "Henrik", "Isla", "Joaquin", "Keiko",
  "Lorenzo", "Nadia", "Oscar", "Paulina", "Quentin", "Ruth", "Soren", "Tamsin", "Uriel", "Vera", "Wendell",
];

const promptOf = (context: string, city: string): string =>
  `Read the text below, and then answer a question about it.\n\n${context}\n\nQuestion: Which character has been to ${city}? Answer with the name alone.\nAnswer:`;

const needleText = (character: string, landmark: string): string =>
  `Actually, ${character} lives right beside ${landmark}.`;
const distractorText = (city: string): string => `An article about ${city} was in the morning paper.`;

/**
 * A needle that shares no word with the question: the one who has been to Berlin lives beside the Brandenburg Gate. The
 * reader's knowledge associates city and landmark, so that the query for the city correlates with the landmark's key: it
 * is s code(landmark) + sqrt(1 - s^2) code(city). A distractor that names the city matches by the rest.
 *
 * Texts, names and essays are attnsim's own, in the manner of NoLiMa: NoLiMa's may not be passed on.
 */
export const nolima = defineTask({
  name: "nolima",
  summary: "a needle without a literal match: query and key are associated, not equal (as in NoLiMa)",
  sources: [
    {
      title: "NoLiMa: Long-Context Evaluation Beyond Literal Matching",
      url: "https://arxiv.org/abs/2502.05167",
      where: "section 3: needles and questions; the correlation is attnsim's own",
    },
  ],
  params: {
    association: real("correlation s of the query with the needle's key; 1 is a literal match", {
      default: 0.7,
      min: 0,
      max: 1,
      sweep: [0.5, 0.6, 0.7, 0.8, 1],
    }),
    distractors: int("sentences that name the city asked about, and nobody", {
      default: 0,
      min: 0,
      max: 1000,
    }),
  },
  lengths: [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576],

  generate(tokens, { association, distractors }, random, count = countTokens) {
    const drawing = random.fork("needle");
    const [landmark, city] = drawing.pick(landmarks);
    const needles = [
      needleText(drawing.pick(characters), landmark),
      ...Array.from({ length: distractors }, () => distractorText(city)),
    ];
    const essay = essaySentences(random.fork("haystack"));
    const sentences = fill({
      tokens: tokens - count(promptOf(needles.join(" "), city)),
      least: 1,
      next: () => essay.next().value,
      sizeOf: (sentence) => count(` ${sentence}`),
    });
    const placing = random.fork("places");
    const places = needles.map(() => placing.below(sentences.length + 1));
    const prompt = promptOf(inserted(sentences, drawing.shuffled(needles), places).join(" "), city);
    return nolimaProblem(prompt, association, count);
  },

  load: (row, { association }) =>
    nolimaProblem(stringColumn("nolima", row, "prompt"), association, countTokens, withAnswer(row)),
});

const malformed = (reason: string): UsageError => new UsageError(`not a prompt of nolima: ${reason}`);

/** A needle or a distractor of a text. */
interface KeyedSentence extends TextSpan {
  /** name of its key feature */
  readonly key: string;
  /** the needle's answer; undefined for a distractor */
  readonly character: string | undefined;
}

const keyedSentence =
  /Actually, (\S+) lives right beside (.+?)\.|An article about (.+?) was in the morning paper\./g;

/** Finds needles and distractors. Their spans end before the full stop, which is a token of its own. */
const keyedSentences = (prompt: string, city: string): KeyedSentence[] =>
  [...prompt.matchAll(keyedSentence)].map(({ index, 0: { length }, 1: character, 2: landmark }) => ({
    start: wordStart(prompt, index),
    end: index + length - 1,
    key: landmark === undefined ? `city:${city}` : `landmark:${landmark}`,
    character,
  }));

/** Reads a problem from its prompt. */
function nolimaProblem(prompt: string, association: number, count: CountTokens, loaded?: LoadedRow): Problem {
  const question = /\n\nQuestion: Which character has been to (.+?)\?/.exec(prompt);
  if (question === null) throw malformed('no "Which character has been to ...?"');
  const city = question[1]!;
  const landmark = landmarks.find(([, where]) => where === city)?.[0];
  if (landmark === undefined) throw malformed(`it asks about ${city}, of which no landmark is known`);
  const sentences = keyedSentences(prompt, city);
  const answer = sentences.find(({ key }) => key === `landmark:${landmark}`)?.character;
  if (answer === undefined) throw malformed(`it asks about ${city}, and nobody lives beside ${landmark}`);
  const { spans, contextEnd } = recordSpans(prompt, sentences, question.index, count);
  const features = new Features();
  const value = Int32Array.from(sentences, ({ character }) =>
    character === undefined ? -1 : features.index(`character:${character}`),
  );
  const key = Int32Array.from(sentences, ({ key: name }) => features.index(name));
  const inText = value.filter((feature) => feature >= 0);
  return {
    messages: [{ role: "user", content: prompt }],
    tokens: count(prompt),
    features: features.names,
    circuit: {
      kind: "retrieve",
      records: { ...spans, key: [{ weight: 1, features: key }], value },
      contextEnd,
      candidates: withOthers(inText, features, "character"),
      asked: [
        [
          { weight: association, feature: features.index(`landmark:${landmark}`) },
          { weight: Math.sqrt(1 - association ** 2), feature: features.index(`city:${city}`) },
        ],
      ],
      answers: 1,
    },
    answer,
    respond: ([feature]) => features.names[feature!]!.slice("character:".length),
    score: (response) => matchAll(response, [answer]),
    ...rowOfProblem(loaded, () => ({ prompt, answer })),
  };
}
