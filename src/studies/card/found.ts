import { ImpossibleError } from "../../core/errors.ts";
import { estimateScore } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import { whyNoMeanField } from "../../reader/mean-field/heads.ts";
import { useOf } from "../../trial/settle.ts";
import { runTrial } from "../../trial/run-trial.ts";
import type { Mode } from "../../trial/trial.ts";
import type { CardFound, CardScore } from "./result.ts";

/** Trials behind the scores of a card. */
export interface FoundQuestion {
  readonly task: string;
  readonly lengths: readonly number[];
  readonly trials: number;
  readonly seed: number;
  readonly mode: Mode;
}

/** Estimates of a variant by length, remembered: cards side by side share those of dense attention. */
export type ScoreOf = (variant: string, tokens: number) => Promise<MeanEstimate | null>;

/** Scores of variants on problems of one task. A length that the task cannot have gives null. */
export function scoresOf({ task, trials, seed, mode }: FoundQuestion): ScoreOf {
  const known = new Map<string, Promise<MeanEstimate | null>>();
  const estimate = async (variant: string, tokens: number): Promise<MeanEstimate | null> => {
    const scores: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const { score } = await runTrial({ task, variant, tokens, trial, seed, mode });
      if (score !== null) scores.push(score);
    }
    return estimateScore(scores) ?? null;
  };
  return (variant, tokens) => {
    const key = `${variant} ${tokens}`;
    const found =
      known.get(key) ??
      estimate(variant, tokens).catch((error: unknown) => {
        if (error instanceof ImpossibleError) return null;
        throw error;
      });
    known.set(key, found);
    return found;
  };
}

/** Scores of a model's own attention beside dense attention. @param own its spec; null where the simulator has no variant of it */
export async function foundBy(
  own: string | null,
  question: FoundQuestion,
  scores: ScoreOf,
  onStep: () => void,
): Promise<CardFound> {
  const { task, mode, lengths } = question;
  const lacking = own === null ? "the simulator has no variant of it" : lackOf(own, mode);
  const found: CardScore[] = [];
  for (const tokens of lengths) {
    const dense = await scores("dense", tokens);
    found.push({ tokens, dense, own: lacking === undefined ? await scores(own!, tokens) : null });
    onStep();
  }
  return { task, mode, scores: found, ...(lacking !== undefined && { lacking }) };
}

const lackOf = (variant: string, mode: Mode): string | undefined =>
  mode === "mean-field" ? whyNoMeanField(useOf({ variant, reader: {} })) : undefined;
