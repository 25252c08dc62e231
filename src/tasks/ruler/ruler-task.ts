import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { Features } from "../parts/features.ts";
import type { Circuit, Problem } from "../task.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { matchAll } from "../parts/match-all.ts";

/** What a prompt says: the right answers, and how they are found. */
export interface Reading {
  readonly answers: readonly string[];
  readonly features: Features;
  readonly circuit: Circuit;
  /** what a feature is called in an answer */
  readonly textOf: (feature: number) => string;
  /** begins the part that RULER's rows keep apart as `answer_prefix` */
  readonly answerPrefix: string;
}

/** One of RULER's tasks. */
export interface RulerKind {
  /** tokens that RULER sets aside for the answer; prompt and answer fit the nominal length */
  readonly answerTokens: number;
  /** a prompt of that many tokens at most, the beginning of the answer included */
  write(tokens: number, random: Random, count: CountTokens): string;
  /** @throws UsageError where it is no such prompt */
  read(prompt: string, count: CountTokens): Reading;
}

/** What a file states beside the prompt. */
interface Loaded {
  readonly row: Readonly<Record<string, unknown>>;
  readonly stated: readonly string[] | undefined;
}

const joined = (answers: readonly string[]): string => answers.join(", ");

/** A problem from its prompt. */
export function problemOf(kind: RulerKind, prompt: string, count: CountTokens, loaded?: Loaded): Problem {
  const { answers, features, circuit, textOf, answerPrefix } = kind.read(prompt, count);
  const tokens = count(prompt);
  const cut = prompt.lastIndexOf(answerPrefix);
  return {
    messages: [{ role: "user", content: prompt }],
    tokens,
    features: features.names,
    circuit,
    answer: joined(answers),
    ...(loaded?.stated && { stated: joined(loaded.stated) }),
    respond: (conclusion) => joined(conclusion.map(textOf)),
    score: (response) => matchAll(response, answers),
    row: () =>
      loaded?.row ?? {
        index: 0,
        input: prompt.slice(0, cut),
        outputs: answers,
        length: tokens + kind.answerTokens,
        length_w_model_temp: tokens + kind.answerTokens,
        answer_prefix: prompt.slice(cut),
      },
  };
}

/** Answers that a readout tells apart at least: those of the text, and others of their kind that it does not hold. */
const readoutVocabulary = 1024;

/** Adds what else could have been answered. @param inText features of the text */
export const withOthers = (inText: Iterable<number>, features: Features, what: string): Int32Array => {
  const own = [...new Set(inText)];
  for (let i = own.length; i < readoutVocabulary; i++) own.push(features.index(`${what}: another, ${i}`));
  return Int32Array.from(own);
};

export const malformed = (reason: string): UsageError => new UsageError(`not a prompt of RULER: ${reason}`);
