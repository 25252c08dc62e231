import type { Chain, Retrieve } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import { pieceText } from "../geometry/stream.ts";
import type { Projections } from "../reading.ts";
import { nearest } from "../readout.ts";
import { askerOf } from "./asker.ts";
import type { Batch } from "./asker.ts";
import { featureIds, fillCodes } from "./codes.ts";
import { readWithEach } from "./mechanism.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { makeCandidates } from "./project.ts";
import { embedText } from "./text-records.ts";
import { laterByWords } from "./text-asks.ts";
import type { TextAsk } from "./text-asks.ts";
import type { TextCache } from "./text-records.ts";
import type { TextPrompt } from "./text-prompt.ts";
import { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** Circuits whose answers stand in the text. */
export type Spelling = Retrieve | Chain;

/** Share of a query that asks by the words before an answer's first token; the rest asks for the subject. */
const firstByWords = 0.4;

/** Tokens that a readout tells apart at least. */
const vocabulary = 1024;

/** Queries asked together. */
const batchQueries = 128;

/** An answer: the record that tells it. */
interface SpelledAnswer {
  readonly record: number;
  /** attention step on which it is read */
  readonly step: number;
}

/**
 * Reads answers as models write them: token by token, each query asking for the subject and for what follows the tokens
 * written so far. An answer is right if every one of its tokens is the nearest of all. A token that was misread does not
 * mislead the next one, nor a hop the next hop.
 */
export function* readSpelled(
  workspace: Workspace,
  { circuit, problem, geometry }: { circuit: Spelling; problem: Problem; geometry: TextGeometry },
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const answers = answersOf(circuit);
  const { records, contextEnd } = circuit;
  const text = embedText(workspace, { problem, geometry, records, contextEnd }, (prompt) =>
    answers.map((answer) => askToken(prompt, answer, tokensOf(prompt, answer)[0]!)),
  );
  const { prompt } = text;
  const asked = answers.flatMap((answer, number) =>
    tokensOf(prompt, answer).map((token) => ({ answer, number, token })),
  );
  const pieces = prompt.stream.pieces.ids.length / 2;
  const others = Math.max(0, vocabulary - pieces);
  const names = Array.from({ length: others }, (_, i) => `piece: another, ${i}`);
  const codes = workspace.spaces.map((_, h) =>
    fillCodes(workspace, h, "value", joined(prompt.stream.pieces.ids, featureIds(names))),
  );
  const candidates = makeCandidates(
    Int32Array.from({ length: pieces + others }, (_, i) => i),
    codes,
    workspace.spaces.map((_, h) => geometry.headFall ** h),
  );

  yield* readWithEach(workspace.spaces, mechanisms, (mechanism) => {
    const trace = new Trace(mechanism);
    const ask = askerOf({
      workspace,
      cache: text.cache,
      mechanism,
      candidates,
      trace,
      nameOf: (piece) => pieceText(prompt.stream, piece) ?? "another token",
      idle: text.idle,
    });
    const wrong = new Set<number>();
    for (const step of new Set(answers.map((answer) => answer.step))) {
      const own = asked.filter(({ answer }) => answer.step === step);
      for (let from = 0; from < own.length; from += batchQueries) {
        const part = own.slice(from, from + batchQueries);
        const read = ask(batchOf(workspace, text, part, step), (answer) =>
          largestOf(answer) < geometry.guess ? -1 : nearest(answer),
        );
        part.forEach(({ number, token }, i) => {
          if (read[i] !== prompt.stream.pieces.of[token]) wrong.add(number);
        });
      }
    }
    const right = answers.filter((_, number) => !wrong.has(number));
    return { conclusion: right.map(({ record }) => records.value[record]!), seen: trace.means() };
  });
}

/** Answers of a circuit, in the order in which they are written. */
function answersOf(circuit: Spelling): SpelledAnswer[] {
  const keys = circuit.records.key[0]!.features;
  const recordsOf = (feature: number): number[] =>
    Array.from(keys.keys()).filter((record) => keys[record] === feature);
  if (circuit.kind === "retrieve")
    return circuit.asked.flatMap((terms) =>
      terms
        .flatMap(({ feature }) => recordsOf(feature))
        .slice(0, circuit.answers)
        .map((record) => ({ record, step: 0 })),
    );
  const path: SpelledAnswer[] = [];
  for (let [at, step]: [number, number] = [circuit.start, 0]; step < circuit.hops; step++) {
    const record = recordsOf(at).find((next) => !path.some((answer) => answer.record === next));
    if (record === undefined) break;
    path.push({ record, step });
    at = circuit.records.value[record]!;
  }
  return path;
}

/** Tokens that spell an answer. */
function tokensOf({ records, place }: TextPrompt, { record }: SpelledAnswer): number[] {
  const { from, to } = records.spelled!;
  const tokens = Array.from({ length: to[record]! - from[record]! }, (_, i) => from[record]! + i);
  return tokens.filter((token) => place[token]! >= 0);
}

/** The query for a token of an answer. */
function askToken(
  { subjects, stream, place }: TextPrompt,
  { record }: SpelledAnswer,
  token: number,
): TextAsk {
  const share = place[token] === 0 ? firstByWords : laterByWords;
  return { subject: subjects[record]!, context: { number: stream.contexts.of[token]!, share } };
}

function batchOf(
  workspace: Workspace,
  { asking, prompt }: TextCache,
  part: readonly { readonly answer: SpelledAnswer; readonly token: number }[],
  step: number,
): Batch {
  return {
    name: `spell ${step}`,
    ideal: asking(part.map(({ answer, token }) => askToken(prompt, answer, token))),
    ids: Uint32Array.from(part.flatMap(({ token }) => [token, 0])),
    positions: Int32Array.from(part, () => workspace.tokens - 1),
    step,
    gold: part.map(({ token }) => [token]),
    nameOf: (i) => {
      const { answer, token } = part[i]!;
      const key = prompt.records.key[0]!.features[answer.record]!;
      return `${prompt.features[key]!}, token ${prompt.place[token]! + 1}`;
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
