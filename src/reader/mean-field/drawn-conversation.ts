import type { Like } from "../../attention/mean-field/crowd.ts";
import type { Random } from "../../core/random.ts";
import type { CountOutline } from "../../tasks/outline.ts";
import type { Score } from "../../tasks/task.ts";
import {
  calibrationTokens,
  contentShare,
  countRequests,
  ordinalShare,
  retrieveMessage,
} from "../circuits/count-retrieve.ts";
import { projectionNoise } from "../readout.ts";
import type { CountReading, Reading } from "../reading.ts";
import type { Sight } from "./attention.ts";
import { FoundRecords } from "./found.ts";
import type { DrawnTrial } from "./trial.ts";

/** Half of the content's variance is the format's, half the topic's. */
const halfSimilarity = 0.5;

/** The requests of a conversation that matter, as they were drawn. */
interface DrawnRequests {
  readonly outline: CountOutline;
  /** which of all requests are the identical ones, ascending */
  readonly needles: readonly number[];
  /** which of the needles is asked for, from 1 */
  readonly wanted: number;
}

/** Draws a conversation, counts its needles and retrieves the response to the one asked for. */
export function readDrawnConversation(outline: CountOutline, trial: DrawnTrial): Score {
  const { requests, requestTokens, wrongScore } = outline;
  const drawn = drawRequests(outline, trial.random);
  const readout = { reader: trial.reader, members: requestTokens - 1, requests };
  const counts = countRequests(countReading(drawn, trial), readout);
  const [message] = retrieveMessage(responseReading(drawn, counts, trial));
  const exact = message === drawn.wanted - 1;
  return { score: exact ? 1 : wrongScore, exact };
}

function drawRequests(outline: CountOutline, random: Random): DrawnRequests {
  const { requests, needles: count } = outline;
  const needles = random
    .shuffled(Array.from({ length: requests }, (_, i) => i))
    .slice(0, count)
    .sort((a, b) => a - b);
  return { outline, needles, wanted: 1 + random.below(count) };
}

/** Token at which the i-th request begins: requests stand evenly behind the examples. */
const placeOf = ({ tokens, head, requests }: CountOutline, i: number): number =>
  head + (i * (tokens - head)) / requests;

/** The first token, whose key is the content of the needles. */
const sinkKin: Like = { count: 1, similarity: 1, recordTokens: 1 };

/** A reading of the requests: each needle's looks back at the earlier ones and at the sink. */
function countReading({ outline, needles }: DrawnRequests, { attention, random }: DrawnTrial): CountReading {
  const { halfMatches, requestTokens, responseTokens } = outline;
  const moment = { phase: "prefill", step: 0 } as const;
  const common = { recordTokens: requestTokens, gap: responseTokens, run: 1, tail: 0, asked: true };

  return {
    sinkWeightAlone() {
      const sight = {
        ...common,
        tokens: calibrationTokens,
        recordShare: 0,
        matches: 0,
        like: [sinkKin],
        asking: 0,
      };
      const found = new FoundRecords({ distances: [calibrationTokens - 1], kin: [1], sink: true }, random);
      return attention.attend({ sight, moment, found, traced: false }, random).weights[0]!;
    },

    sinkWeights: () =>
      needles.map((request, j) => {
        const place = placeOf(outline, request);
        const before = needles.slice(0, j).map((other) => place - placeOf(outline, other));
        const found = new FoundRecords(
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
        return attention.attend({ sight, moment, found }, random).weights[j]!;
      }),
  };
}

/** A reading of the responses, those of the needles keyed by their counts. Its candidates are numbers of messages: the needles' first. */
function responseReading(
  { outline, needles, wanted }: DrawnRequests,
  counts: readonly number[],
  { reader, attention, random }: DrawnTrial,
): Reading {
  const { tokens, requests } = outline;
  const similarities = counts.map((count) => contentShare + ordinalShare * ordinalLikeness(count, wanted));
  // needles of about the same likeness are kin of one kind
  const rounded = similarities.map((similarity) => Math.round(similarity * 16) / 16);
  const likenesses = [...new Set(rounded)];
  const needleKin = likenesses.map((similarity) => ({
    count: rounded.filter((own) => own === similarity).length,
    similarity,
  }));
  const others = otherResponses(outline, wanted);
  const sight = { ...others, like: [...needleKin, ...others.like] };
  const fromNearest = needles.map((_, j) => j).reverse();
  const noise = projectionNoise(reader);

  return {
    ask: (queries, step, readOut) =>
      Array.from(queries, () => {
        const found = new FoundRecords(
          {
            distances: fromNearest.map((j) => tokens - placeOf(outline, needles[j]! + 1)),
            similarities: fromNearest.map((j) => similarities[j]!),
            kin: fromNearest.map((j) => 1 + likenesses.indexOf(rounded[j]!)),
            gold: fromNearest.map((j) => j === wanted - 1),
          },
          random,
        );
        const { weights, noise: besides } = attention.attend(
          { sight, moment: { phase: "decode", step }, found },
          random,
        );
        const sd = Math.sqrt(noise ** 2 + besides);
        const values = new Float64Array(requests);
        for (let i = 0; i < requests; i++) values[i] = sd * random.normal();
        fromNearest.forEach((j, i) => (values[j]! += weights[i]!));
        return readOut({ candidates: [...values.keys()], values, total: requests, noise });
      }),
  };
}

/** Sight of the last query besides the needles: other messages share half of the content, the first ordinal, or both. */
function otherResponses(outline: CountOutline, wanted: number): Sight {
  const { tokens, head, needles, requests, halfMatches, requestTokens, responseTokens } = outline;
  const others = requests - needles;
  const ordinal = wanted === 1 ? ordinalShare : 0;
  return {
    tokens,
    tail: 0,
    run: 1,
    matches: 0,
    asking: 0,
    asked: true,
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
