import { UsageError } from "../core/errors.ts";
import { int, real } from "../core/params.ts";
import { Features } from "./parts/features.ts";
import { stringColumn } from "./parts/dataset-row.ts";
import type { Row } from "./parts/dataset-row.ts";
import { essaySentences } from "./parts/essay.ts";
import { fill, inserted } from "./parts/haystack.ts";
import { withOthers } from "./ruler/ruler-task.ts";
import { matchAll } from "./parts/match-all.ts";
import { tokenOffsets, wordStart } from "./parts/spans.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";
import { countTokens } from "./parts/tokenizer.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

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

const characters = [
  ...["Amelia", "Bruno", "Clara", "Desmond", "Elena", "Farid", "Gwen", "Henrik", "Isla", "Joaquin", "Keiko"],
  ...[
    "Lorenzo",
    "Nadia",
    "Oscar",
    "Paulina",
    "Quentin",
    "Ruth",
    "Soren",
    "Tamsin",
    "Uriel",
    "Vera",
    "Wendell",
  ],
];

const promptOf = (context: string, city: string): string =>
  `Read the text below, and then answer a question about it.\n\n${context}\n\nQuestion: Which character has been to ${city}? Answer with the name alone.\nAnswer:`;

const needleText = (character: string, landmark: string): string =>
  `Actually, ${character} lives right beside ${landmark}.`;
const distractorText = (city: string): string => `An article about ${city} was in the morning paper.`;

/**
 * A needle that shares no word with the question: who has been to Berlin is whoever lives beside the Brandenburg Gate.
 * The query that asks for the city correlates with the landmark's key as strongly as the reader's knowledge associates
 * the two: it is s code(landmark) + sqrt(1 - s^2) code(city), and a distractor that names the city matches by the rest.
 *
 * In the manner of NoLiMa, with texts, names and essays of attnsim's own: NoLiMa's are not free to give away.
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
  lengths: [...[512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576]],

  generate(tokens, { association, distractors }, random, count = countTokens) {
    const drawing = random.fork("needle");
    const [landmark, city] = drawing.pick(landmarks);
    const needles = [
      needleText(drawing.pick(characters), landmark),
      ...Array.from({ length: distractors }, () => distractorText(city)),
    ];
    const essay = essaySentences(random.fork("haystack"));
    const sentences = fill(
      tokens - count(promptOf(needles.join(" "), city)),
      1,
      () => essay.next().value,
      (sentence) => count(` ${sentence}`),
    );
    const placing = random.fork("places");
    const places = needles.map(() => placing.below(sentences.length + 1));
    const prompt = promptOf(inserted(sentences, drawing.shuffled(needles), places).join(" "), city);
    return problemOf(prompt, association, count);
  },

  load: (row, { association }) =>
    problemOf(stringColumn("nolima", row, "prompt"), association, countTokens, row),
});

const malformed = (reason: string): UsageError => new UsageError(`not a prompt of nolima: ${reason}`);

/** What stands in a text: a needle's or a distractor's place, key and value. */
interface Found {
  readonly start: number;
  readonly end: number;
  readonly key: string;
  readonly character: string | undefined;
}

const found = (prompt: string, city: string): Found[] =>
  [
    ...prompt.matchAll(
      /Actually, (\S+) lives right beside (.+?)\.|An article about (.+?) was in the morning paper\./g,
    ),
  ].map(({ index, 0: { length }, 1: character, 2: landmark }) => ({
    start: index,
    end: index + length - 1,
    key: landmark === undefined ? `city:${city}` : `landmark:${landmark}`,
    character,
  }));

function problemOf(prompt: string, association: number, count: CountTokens, loaded?: Row): Problem {
  const question = /\n\nQuestion: Which character has been to (.+?)\?/.exec(prompt);
  if (question === null) throw malformed('no "Which character has been to ...?"');
  const city = question[1]!;
  const landmark = landmarks.find(([, where]) => where === city)?.[0];
  if (landmark === undefined) throw malformed(`it asks about ${city}, of which no landmark is known`);
  const sentences = found(prompt, city);
  const needle = sentences.find(({ key }) => key === `landmark:${landmark}`);
  if (needle?.character === undefined)
    throw malformed(`it asks about ${city}, and nobody lives beside ${landmark}`);
  const features = new Features();
  const spans = sentences.flatMap(({ start, end }) => [wordStart(prompt, start), end]);
  const offsets = tokenOffsets(prompt, [...spans, question.index], count);
  const value = Int32Array.from(sentences, ({ character }) =>
    character === undefined ? -1 : features.index(`character:${character}`),
  );
  const answer = needle.character;
  return {
    messages: [{ role: "user", content: prompt }],
    tokens: count(prompt),
    features: features.names,
    circuit: {
      kind: "retrieve",
      records: {
        count: sentences.length,
        start: Int32Array.from(sentences, (_, r) => offsets[2 * r]!),
        anchor: Int32Array.from(sentences, (_, r) => offsets[2 * r + 1]! - 1),
        key: [{ weight: 1, features: Int32Array.from(sentences, ({ key }) => features.index(key)) }],
        value,
      },
      contextEnd: offsets.at(-1)! - 1,
      candidates: withOthers(
        value.filter((feature) => feature >= 0),
        features,
        "character",
      ),
      asked: [
        [
          { weight: association, feature: features.index(`landmark:${landmark}`) },
          { weight: Math.sqrt(1 - association ** 2), feature: features.index(`city:${city}`) },
        ],
      ],
      answers: 1,
    },
    answer,
    ...(typeof loaded?.["answer"] === "string" && { stated: loaded["answer"] }),
    respond: ([feature]) => features.names[feature!]!.slice("character:".length),
    score: (response) => matchAll(response, [answer]),
    row: () => loaded ?? { prompt, answer },
  };
}
