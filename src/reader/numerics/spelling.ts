import type { RecordSet } from "../../tasks/circuit.ts";
import { pieceText } from "../geometry/stream.ts";
import type { Projections } from "../reading.ts";
import { nearest } from "../readout.ts";
import { firstByWords, laterByWords } from "../spelling-shares.ts";
import { askerOf } from "./asker.ts";
import type { Asker, Batch } from "./asker.ts";
import { featureIds, fillCodes } from "./codes.ts";
import { contentName } from "./content.ts";
import type { Mechanism } from "./mechanism.ts";
import { makeCandidates } from "./project.ts";
import type { TextAsk } from "./text-asks.ts";
import type { TextCache } from "./text-records.ts";
import type { TextPrompt } from "./text-prompt.ts";
import type { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** Tokens that a readout tells apart at least. */
const vocabulary = 1024;

/** Queries asked together. */
const batchQueries = 128;

/** Records to read, and things that they tell. */
export interface ToldRecords {
  readonly records: RecordSet;
  readonly candidates: ArrayLike<number>;
  /** records whose answers may begin alike and are told apart by their subjects; default: none */
  readonly alike?: readonly number[];
}

/** Reads what records tell, each on its own. @returns the records whose every token was read right */
export type ReadAnswers = (records: readonly number[], step: number) => number[];

/** Things that a readout tells apart, and which of them a record's tokens tell. */
interface ToldThings extends Pick<Asker, "candidates" | "nameOf"> {
  /** Tokens to be read of a record's answer, in their order. */
  readonly tokensOf: (record: number) => readonly number[];
  /** The candidate that one of these tokens tells. */
  readonly toldBy: (token: number) => number;
}

/**
 * Answers as models write them: token by token, each query asking for the subject and for what follows the tokens written
 * so far. An answer is right if every one of its tokens is the nearest of all, with a projection of at least `guess`.
 * Records whose answers are not spelled tell them as a whole at their anchors, of which the question knows the words.
 */
export function spellingOf(
  workspace: Workspace,
  text: TextCache,
  told: ToldRecords,
): (mechanism: Mechanism, trace: Trace) => ReadAnswers {
  const { prompt } = text;
  const { geometry } = prompt;
  const strengths = workspace.spaces.map((_, h) => geometry.headFall ** h);
  const { candidates, nameOf, tokensOf, toldBy } = told.records.spelled
    ? pieceLanguage(workspace, prompt, strengths)
    : valueLanguage(text, told, strengths);
  return (mechanism, trace) => {
    const { cache, idle } = text;
    const ask = askerOf({ workspace, cache, mechanism, candidates, trace, nameOf, idle });
    return (records, step) => {
      const asked = records.flatMap((record) => tokensOf(record).map((token) => ({ record, token })));
      const wrong = new Set<number>();
      for (let from = 0; from < asked.length; from += batchQueries) {
        const part = asked.slice(from, from + batchQueries);
        const read = ask(batchOf(workspace, { text, told }, part, step), (answer) =>
          largestOf(answer) < geometry.guess ? -1 : nearest(answer),
        );
        part.forEach(({ record, token }, i) => {
          if (read[i] !== toldBy(token)) wrong.add(record);
        });
      }
      return records.filter((record) => !wrong.has(record));
    };
  };
}

/** Queries of the question: for the first token of each record's answer. */
export const questionsOf = (prompt: TextPrompt, records: readonly number[]): TextAsk[] =>
  records.map((record) => askToken(prompt, record, answerTokens(prompt, record)[0]!, []));

/** Tokens that spell a record's answer; its anchor where none do. */
function answerTokens({ records, place }: TextPrompt, record: number): number[] {
  const { spelled, anchor } = records;
  if (spelled === undefined) return [anchor[record]!];
  const from = spelled.from[record]!;
  const tokens = Array.from({ length: spelled.to[record]! - from }, (_, i) => from + i);
  return tokens.filter((token) => place[token]! >= 0);
}

/** Tokens of the prompt, and others, so that nothing is found by elimination. */
function pieceLanguage(workspace: Workspace, prompt: TextPrompt, strengths: readonly number[]): ToldThings {
  const { pieces } = prompt.stream;
  const own = pieces.ids.length / 2;
  const others = Math.max(0, vocabulary - own);
  const names = Array.from({ length: others }, (_, i) => `piece: another, ${i}`);
  const codes = workspace.spaces.map((_, h) =>
    fillCodes(workspace, h, "value", joined(pieces.ids, featureIds(names))),
  );
  return {
    candidates: makeCandidates(
      Int32Array.from({ length: own + others }, (_, i) => i),
      codes,
      strengths,
    ),
    nameOf: (piece) => pieceText(prompt.stream, piece) ?? "another token",
    tokensOf: (record) => answerTokens(prompt, record),
    toldBy: (token) => pieces.of[token]!,
  };
}

/** Values that anchors tell. */
function valueLanguage(
  { prompt, valueCodes }: TextCache,
  { records, candidates }: ToldRecords,
  strengths: readonly number[],
): ToldThings {
  return {
    candidates: makeCandidates(candidates, valueCodes(candidates), strengths),
    nameOf: (feature) => prompt.features[feature]!,
    tokensOf: (record) => answerTokens(prompt, record),
    toldBy: (token) => records.value[prompt.map.record[token]!]!,
  };
}

/** The query for a token of an answer. */
function askToken(prompt: TextPrompt, record: number, token: number, alike: readonly number[]): TextAsk {
  const { subjects, stream, place } = prompt;
  const isTold =
    place[token]! > 0 &&
    !alike.some((other) => other !== record && beginsAlike(prompt, record, other, place[token]!));
  const share = isTold ? laterByWords : firstByWords;
  return { subject: subjects[record]!, context: { number: stream.contexts.of[token]!, share } };
}

/** Whether the first `count` tokens of two answers are the same. */
function beginsAlike(prompt: TextPrompt, record: number, other: number, count: number): boolean {
  const { of } = prompt.stream.pieces;
  const [own, others] = [answerTokens(prompt, record), answerTokens(prompt, other)];
  return own.slice(0, count).every((token, i) => others[i] !== undefined && of[token] === of[others[i]]);
}

function batchOf(
  workspace: Workspace,
  {
    text: { asking, prompt },
    told: { alike = [] },
  }: { readonly text: TextCache; readonly told: ToldRecords },
  part: readonly { readonly record: number; readonly token: number }[],
  step: number,
): Batch {
  return {
    name: `spell ${step}`,
    ideal: asking(part.map(({ record, token }) => askToken(prompt, record, token, alike))),
    ids: Uint32Array.from(part.flatMap(({ token }) => [token, 0])),
    positions: Int32Array.from(part, () => workspace.tokens - 1),
    step,
    gold: part.map(({ token }) => [token]),
    nameOf: (i) => {
      const { record, token } = part[i]!;
      return `${contentName(prompt.records, record, prompt.features)}, token ${Math.max(0, prompt.place[token]!) + 1}`;
    },
  };
}

const largestOf = ({ values }: Projections): number => values.reduce((most, value) => Math.max(most, value));

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
