import type { Random } from "../../core/random.ts";
import {
  calibrationTokens,
  contentShare,
  ordinalReadout,
  ordinalShare,
} from "../../reader/count-retrieve.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { projectionNoise } from "../../reader/readout.ts";
import type { CountOutline, Score } from "../../tasks/task.ts";
import type { MeanFieldAttention } from "./attend.ts";
import type { Matches } from "./draw.ts";

/** Half of the content's variance is the format's, half the topic's. */
const halfSimilarity = 0.5;

/** Counting and retrieval in the mean field: one conversation drawn as its outline has it. */
export function countInTheory(
  outline: CountOutline,
  reader: ReaderParams,
  attention: MeanFieldAttention,
  random: Random,
): Score {
  const { tokens, needles, requests, halfMatches, requestTokens, responseTokens, wrongScore } = outline;
  const places = Array.from({ length: needles }, () => random.uniform() * tokens).sort((a, b) => a - b);
  const wanted = 1 + random.below(needles);
  const others = Math.max(0, requests - needles) * halfMatches;
  const alone = attention.attend(
    { tokens: calibrationTokens, recordTokens: 1, matches: 1, asked: true },
    { phase: "prefill", step: 0 },
    { ...at([calibrationTokens]), sink: true },
    random,
    false,
  ).weights[0]!;
  const readOrdinal = ordinalReadout(reader, alone, requestTokens - 1, requests);
  const counted = places.map((place, j) => {
    const before = places.slice(0, j).map((other) => place - other);
    const matches: Matches = {
      ...at([...before.reverse(), place]),
      sink: true,
      half: { count: (others * place) / tokens, similarity: halfSimilarity },
    };
    const seen = {
      tokens: Math.max(1, Math.round(place)),
      recordTokens: requestTokens,
      matches: j + 1,
      asked: true,
    };
    const { weights } = attention.attend(seen, { phase: "prefill", step: 0 }, matches, random);
    return readOrdinal(weights[j]!);
  });

  const similarities = counted.map(
    (ordinal) => contentShare + ordinalShare * ordinalLikeness(ordinal, wanted),
  );
  const order = [...places.keys()].reverse();
  const retrieval = attention.attend(
    { tokens, recordTokens: responseTokens, matches: needles, asked: true },
    { phase: "decode", step: 1 },
    {
      ...at(order.map((j) => tokens - places[j]!)),
      similarities: order.map((j) => similarities[j]!),
      half: { count: others, similarity: contentShare * halfSimilarity + ordinalShare / needles },
    },
    random,
  );
  const sd = Math.sqrt(projectionNoise(reader) ** 2 + retrieval.noise);
  const projections = Array.from({ length: Math.max(requests, needles) }, () => sd * random.normal());
  order.forEach((j, i) => (projections[j]! += retrieval.weights[i]!));
  const best = projections.indexOf(projections.reduce((a, b) => Math.max(a, b), -Infinity));
  const exact = best === wanted - 1;
  return { score: exact ? 1 : wrongScore, exact };

  function at(distances: readonly number[]): Matches {
    return { distances, chances: distances.map(() => random.uniform()) };
  }
}

/** Correlation of the code of a counted ordinal, between two neighbours, with that of a whole one. */
const ordinalLikeness = (counted: number, wanted: number): number =>
  Math.sqrt(Math.max(0, 1 - Math.abs(counted - wanted)));
