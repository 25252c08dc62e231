import type { WeightPlan, ReaderWeights } from "./weights.ts";

/** Settings of AdamW. Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2. */
export interface AdamSettings {
  readonly first: number;
  readonly second: number;
  readonly epsilon: number;
  /** weight decay of matrices */
  readonly decay: number;
}

/** Defaults of torch.optim.AdamW but for the decay of the second moment, which is that of GPT-3 (arXiv 2005.14165). */
export const adamDefaults: AdamSettings = { first: 0.9, second: 0.95, epsilon: 1e-8, decay: 0.01 };

/** AdamMoments of the gradients of every weight. */
export interface AdamMoments {
  readonly first: ReaderWeights;
  readonly second: ReaderWeights;
}

export const noMoments = (weights: ReaderWeights): AdamMoments => {
  const zeros = (): ReaderWeights =>
    Object.fromEntries(Object.entries(weights).map(([name, { length }]) => [name, new Float32Array(length)]));
  return { first: zeros(), second: zeros() };
};

/** Trained numbers. */
export interface Trained {
  readonly weights: ReaderWeights;
  readonly moments: AdamMoments;
}

/**
 * Changes a weight and its moments in place.
 *
 * @param step of training, from 1
 */
export function adamStep(
  { name, decays }: WeightPlan,
  { weights, moments }: Trained,
  gradient: ArrayLike<number>,
  { step, rate, settings }: { step: number; rate: number; settings: AdamSettings },
): void {
  const [weight, first, second] = [weights[name]!, moments.first[name]!, moments.second[name]!];
  const kept = decays ? 1 - rate * settings.decay : 1;
  const firstScale = 1 / (1 - settings.first ** step);
  const secondScale = 1 / (1 - settings.second ** step);
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i]!;
    first[i] = settings.first * first[i]! + (1 - settings.first) * g;
    second[i] = settings.second * second[i]! + (1 - settings.second) * g * g;
    const size = Math.sqrt(second[i]! * secondScale) + settings.epsilon;
    weight[i] = kept * weight[i]! - (rate * firstScale * first[i]!) / size;
  }
}

/** Learning rate at a step: a straight rise to `peak`, then half a cosine down to 0. @param step from 1 */
export function rateAt(
  step: number,
  { peak, warmup, steps }: { peak: number; warmup: number; steps: number },
): number {
  if (step <= warmup) return (peak * step) / warmup;
  return (peak * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup)))) / 2;
}
