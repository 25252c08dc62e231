import type { AnswerOf, AskedName, QuestionOf } from "../questions.ts";
import { drawn, fileOf } from "./figures.ts";
import { frontier } from "./frontier.ts";
import { hardware } from "./hardware.ts";
import { makeOffer } from "./offer.ts";
import { quality } from "./quality.ts";
import { results } from "./results.ts";

/**
 * Answers a question in parts: each takes the place of the one before. Undefined is no part: a long answer yields it to let
 * a newer question take its place.
 */
type Answering = {
  readonly [Name in AskedName]: (
    question: QuestionOf<Name>,
    clock: () => number,
  ) => AsyncIterable<AnswerOf<Name> | undefined> | Iterable<AnswerOf<Name>>;
};

/** Functions that answer the page's questions, by name. */
export const answers: Answering = {
  figures: drawn,
  file: fileOf,
  frontier,
  hardware,
  offer: () => [makeOffer()],
  quality,
  results,
};
