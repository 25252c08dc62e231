import type { Like } from "../../attention/mean-field/crowd.ts";
import type { Random } from "../../core/random.ts";
import { calibrationTokens, contentShare, ordinalReadout, ordinalShare } from "../circuits/count-retrieve.ts";
import type { ReaderParams } from "../params.ts";
import { projectionNoise } from "../readout.ts";
import type { CountOutline, Score } from "../../tasks/task.ts";
import type { MeanFieldAttention } from "./attend.ts";
import { foundAt } from "./draw.ts";

/** Half of the content's variance is the format's, half the topic's. */
const halfSimilarity = 0.5;

/** Counting and retrieval in the mean field: one conversation drawn as its outline has it. */
export function countInTheory(
  outline: CountOutline,
  reader: ReaderParams,
  attention: MeanFieldAttention,
  random: Random,
): Score {
  const { tokens, needles, requests, wrongScore } = outline;
  const chosen = random
    .shuffled(Array.from({ length: requests }, (_, i) => i))
    .slice(0, needles)
    .sort((a, b) => a - b);
  const wanted = 1 + random.below(needles);
  const similarities = countedOrdinals(outline, chosen, reader, attention, random).map(
    (ordinal) => contentShare + ordinalShare * ordinalLikeness(ordinal, wanted),
  );
  const order = chosen.map((_, j) => j).reverse();
  // needles of about the same likeness are kin of one kind
  const rounded = similarities.map((similarity) => Math.round(similarity * 16) / 16);
  const likenesses = [...new Set(rounded)];
  const sight = retrievalSight(outline, wanted);
  const retrieval = attention.attend(
    {
      ...sight,
      like: [
        ...likenesses.map((similarity) => ({
          count: rounded.filter((own) => own === similarity).length,
          similarity,
        })),
        ...sight.like,
      ],
    },
    { phase: "decode", step: 1 },
    foundAt(
      {
        distances: order.map((j) => tokens - placeOf(outline, chosen[j]! + 1)),
        similarities: order.map((j) => similarities[j]!),
        kin: order.map((j) => 1 + likenesses.indexOf(rounded[j]!)),
        gold: order.map((j) => j === wanted - 1),
      },
      random,
    ),
    random,
  );
  const sd = Math.sqrt(projectionNoise(reader) ** 2 + retrieval.noise);
  const projections = Array.from({ length: requests }, () => sd * random.normal());
  order.forEach((j, i) => (projections[j]! += retrieval.weights[i]!));
  const best = projections.indexOf(projections.reduce((a, b) => Math.max(a, b), -Infinity));
  const exact = best === wanted - 1;
  return { score: exact ? 1 : wrongScore, exact };
}

/** Where the i-th request begins: behind the examples, evenly. */
const placeOf = ({ tokens, head, requests }: CountOutline, i: number): number =>
  head + (i * (tokens - head)) / requests;

/** The first token, whose key is what the requests that match are known by. */
const sinkKin: Like = { count: 1, similarity: 1, recordTokens: 1 };

/** What the requests that match make of their ordinals. @param chosen which of all requests they are */
function countedOrdinals(
  outline: CountOutline,
  chosen: readonly number[],
  reader: ReaderParams,
  attention: MeanFieldAttention,
  random: Random,
): number[] {
  const { requests, halfMatches, requestTokens, responseTokens } = outline;
  const moment = { phase: "prefill", step: 0 } as const;
  const common = { recordTokens: requestTokens, gap: responseTokens, run: 1, tail: 0, asked: true };
  const alone = attention.attend(
    { ...common, tokens: calibrationTokens, recordShare: 0, matches: 0, like: [sinkKin], asking: 0 },
    moment,
    foundAt({ distances: [calibrationTokens - 1], kin: [1], sink: true }, random),
    random,
    false,
  ).weights[0]!;
  const readOrdinal = ordinalReadout(reader, alone, requestTokens - 1, requests);
  return chosen.map((request, j) => {
    const place = placeOf(outline, request);
    const before = chosen.slice(0, j).map((other) => place - placeOf(outline, other));
    const found = foundAt(
      {
        distances: [...before.reverse(), place - 1],
        kin: [...before.map(() => 0), 1],
        sink: true,
      },
      random,
    );
    const sight = {
      ...common,
      tokens: Math.round(place),
      recordShare: (request * requestTokens) / place,
      matches: j,
      asking: requestTokens - 1,
      like: [sinkKin, { count: (request - j) * halfMatches, similarity: halfSimilarity }],
    };
    return readOrdinal(attention.attend(sight, moment, found, random).weights[j]!);
  });
}

/** What the last query sees besides the needles: other messages share a half of the content, the first ordinal, or both. */
function retrievalSight(
  { tokens, head, needles, requests, halfMatches, requestTokens, responseTokens }: CountOutline,
  wanted: number,
): Parameters<MeanFieldAttention["attend"]>[0] {
  const others = requests - needles;
  const ordinal = wanted === 1 ? ordinalShare : 0;
  return {
    ...{ tokens, tail: 0, run: 1, matches: 0, asking: 0, asked: true },
    recordTokens: responseTokens,
    gap: requestTokens,
    recordShare:
      ((requests * responseTokens) / Math.max(requests * responseTokens, tokens - head)) *
      (1 - head / tokens),
    like: [
      { count: others * halfMatches, similarity: contentShare * halfSimilarity + ordinal },
      { count: others * (1 - halfMatches), similarity: ordinal },
    ],
  };
}

/** Correlation of the code of a counted ordinal, between two neighbours, with that of a whole one. */
const ordinalLikeness = (counted: number, wanted: number): number =>
  Math.sqrt(Math.max(0, 1 - Math.abs(counted - wanted)));
