import { formatDifference, formatMean } from "../../core/units.ts";
import type { ChapterTrials, Evidence } from "./chapter.ts";

const cellName = ({ task, variant, tokens, reads = 1 }: ChapterTrials): string =>
  `${variant} on ${task} at ${tokens} tokens, ${reads} ${reads === 1 ? "read" : "reads"}`;

/** The mean score of trials with its interval: `.85 [.80 .89]`. */
export const scoreText = (evidence: Evidence, trials: ChapterTrials): string =>
  evidence.say(`score of ${cellName(trials)}`, formatMean(evidence.score(trials)));

/** The number of problems behind a score. */
export const problemsText = (evidence: Evidence, trials: ChapterTrials): string =>
  evidence.say(`problems of ${cellName(trials)}`, String(evidence.score(trials).trials));

/** The mean change of a score on the same problems, with its interval: `+.55 [.46 .63]`. */
export function gainText(evidence: Evidence, from: ChapterTrials, to: ChapterTrials): string {
  return evidence.say(
    `change of score from ${cellName(from)} to ${cellName(to)}`,
    formatDifference(evidence.gain(from, to)),
  );
}

/** Place of a published score in the data. */
export interface PublishedPlace {
  readonly benchmark: string;
  readonly model: string;
  readonly column: string;
}

/** A published score, in percent. @throws Error when there is none */
export function publishedPercent({ published }: Evidence, place: PublishedPlace): number {
  const { benchmark, model, column } = place;
  const found = published.find(
    (row) => row.benchmark === benchmark && row.model === model && row.column === column,
  );
  if (found === undefined) throw new Error(`no published score of ${model} on ${benchmark}, ${column}`);
  return 100 * found.score;
}

/** A published score in percent, as its page prints it: `62.5`. */
export const publishedText = (evidence: Evidence, place: PublishedPlace): string =>
  evidence.say(
    `published score of ${place.model} on ${place.benchmark}, ${place.column}, percent`,
    publishedPercent(evidence, place).toFixed(1),
  );

/** A difference in percentage points: `+11.2`, `-0.9`. */
export const signedPoints = (points: number): string =>
  `${points < 0 ? "-" : "+"}${Math.abs(points).toFixed(1)}`;

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export const listText = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
