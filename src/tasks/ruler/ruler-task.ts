import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { Circuit } from "../circuit.ts";
import { rowOfProblem } from "../parts/dataset-row.ts";
import type { LoadedRow } from "../parts/dataset-row.ts";
import type { Features } from "../parts/features.ts";
import { matchAll } from "../parts/match-all.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import type { Problem } from "../task.ts";

/** A prompt as it was read: the right answers, and the circuit that finds them. */
export interface RulerPrompt {
  readonly answers: readonly string[];
  readonly features: Features;
  readonly circuit: Circuit;
  /** Text of a feature in an answer. */
  readonly textOf: (feature: number) => string;
  /** begins the part of the prompt that RULER's rows keep apart as `answer_prefix` */
  readonly answerPrefix: string;
}

/** One of RULER's tasks. */
export interface RulerTask {
  /** tokens that RULER sets aside for the answer; prompt and answer fit the nominal length */
  readonly answerTokens: number;
  /** Writes a prompt of at most `tokens` tokens, the beginning of the answer included. */
  write(tokens: number, random: Random, count: CountTokens): string;
  /**
   * Reads a prompt.
   *
   * @throws UsageError for the prompt of another task
   */
  read(prompt: string, count: CountTokens): RulerPrompt;
}

/** Text of a list of answers. */
export const joinAnswers = (answers: readonly string[]): string => answers.join(", ");

/** Reads a problem from its prompt. */
export function rulerProblem(
  task: RulerTask,
  prompt: string,
  count: CountTokens,
  loaded?: LoadedRow,
): Problem {
  const { answers, features, circuit, textOf, answerPrefix } = task.read(prompt, count);
  const tokens = count(prompt);
  const cut = prompt.lastIndexOf(answerPrefix);
  return {
    messages: [{ role: "user", content: prompt }],
    tokens,
    features: features.names,
    circuit,
    answer: joinAnswers(answers),
    respond: (conclusion) => joinAnswers(conclusion.map(textOf)),
    score: (response) => matchAll(response, answers),
    ...rowOfProblem(loaded, () => ({
      index: 0,
      input: prompt.slice(0, cut),
      outputs: answers,
      length: tokens + task.answerTokens,
      length_w_model_temp: tokens + task.answerTokens,
      answer_prefix: prompt.slice(cut),
    })),
  };
}

export const malformed = (reason: string): UsageError => new UsageError(`not a prompt of RULER: ${reason}`);
