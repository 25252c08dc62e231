import type { Tensor } from "@tensorflow/tfjs-core";
import { Random } from "../core/random.ts";
import { integerColumn, numberColumn } from "../core/table.ts";
import type { RowOf } from "../core/table.ts";
import { adamDefaults, adamStep, noMoments, rateAt } from "./adamw.ts";
import type { AdamMoments, Trained } from "./adamw.ts";
import type { Autograd } from "./autograd.ts";
import { logitsOf, lossOf } from "./model.ts";
import type { WeightTensors } from "./model.ts";
import { labelledBatch } from "./tasks/all.ts";
import type { LearnedTask } from "./tasks/all.ts";
import type { LabelledBatch } from "./tasks/labelled.ts";
import type { ReaderShape } from "./shape.ts";
import { checkShape } from "./shape.ts";
import { firstWeights, weightPlans } from "./weights.ts";
import type { ReaderWeights } from "./weights.ts";

/** Settings of a training run. With the backend's name they decide every number of it. */
export interface TrainSettings {
  readonly shape: ReaderShape;
  readonly task: LearnedTask;
  /** sequences of a step */
  readonly batch: number;
  readonly steps: number;
  /** highest learning rate */
  readonly rate: number;
  /** steps in which the rate rises to its highest */
  readonly warmup: number;
  /** steps from one evaluation to the next */
  readonly every: number;
  /** sequences of an evaluation, the same ones each time */
  readonly evaluated: number;
  /** accuracy at which training ends early */
  readonly enough: number;
  readonly seed: number;
}

/** Columns of the curve of a training run. */
export const curveColumns = [
  integerColumn("step", "steps done"),
  numberColumn("rate", "learning rate of the last step"),
  numberColumn("trainLoss", "mean cross-entropy of the steps since the row before", "nats"),
  numberColumn("loss", "mean cross-entropy of the evaluated answers", "nats"),
  numberColumn("accuracy", "share of the evaluated answers that are right"),
] as const;

/** A point of the curve. */
export type TrainPoint = RowOf<typeof curveColumns>;

/** A training run at one of its evaluations: enough to go on with it. */
export interface TrainState extends Trained {
  readonly step: number;
  readonly curve: readonly TrainPoint[];
}

/** The run before its first step. @throws UsageError for sizes that do not fit each other */
export function firstState({ shape, seed }: TrainSettings): TrainState {
  checkShape(shape);
  const weights = firstWeights(shape, streamOf(seed).fork("weights"));
  return { step: 0, weights, moments: noMoments(weights), curve: [] };
}

const streamOf = (seed: number): Random => new Random(seed).fork("learned");

/** Whether a run has ended: at its last step, or at an accuracy that is enough. */
export const isTrained = ({ steps, enough }: TrainSettings, { step, curve }: TrainState): boolean =>
  step >= steps || (curve.at(-1)?.accuracy ?? 0) >= enough;

/**
 * Trains to the next evaluation. A step is a function of the state and the settings, so that a run that is resumed has
 * the losses of one that was never interrupted.
 */
export function trainOn(tf: Autograd, settings: TrainSettings, state: TrainState): TrainState {
  const { shape, task, batch, steps, warmup, every, rate: peak, seed } = settings;
  const plans = weightPlans(shape);
  const [weights, moments] = [copyOf(state.weights), copyOfMoments(state.moments)];
  const last = Math.min(steps, state.step + every);
  let [sum, rate] = [0, 0];
  for (let step = state.step + 1; step <= last; step++) {
    const drawn = labelledBatch(task, batch, streamOf(seed).fork("train").fork(step));
    const { loss, gradients } = gradientsOf(tf, shape, weights, drawn);
    sum += loss;
    rate = rateAt(step, { peak, warmup, steps });
    for (const plan of plans)
      adamStep(plan, { weights, moments }, gradients[plan.name]!, { step, rate, settings: adamDefaults });
  }
  const trainLoss = sum / (last - state.step);
  const { loss, accuracy } = evaluateReader(tf, settings, weights);
  return {
    step: last,
    weights,
    moments,
    curve: [...state.curve, { step: last, rate, trainLoss, loss, accuracy }],
  };
}

/** Loss of a batch, and its gradients by the name of the weight. */
export function gradientsOf(
  tf: Autograd,
  shape: ReaderShape,
  weights: ReaderWeights,
  batch: LabelledBatch,
): { loss: number; gradients: ReaderWeights } {
  const names = weightPlans(shape).map(({ name }) => name);
  const gradients: Record<string, Float32Array> = {};
  let loss = NaN;
  tf.tidy(() => {
    const tensors = tensorsOf(tf, shape, weights);
    const found = tf.valueAndGrads((...given: Tensor[]) => {
      const named: WeightTensors = Object.fromEntries(names.map((name, i) => [name, given[i]!]));
      return lossOf(tf, logitsOf({ tf, shape, weights: named }, batch), batch.answers);
    })(names.map((name) => tensors[name]!));
    loss = found.value.dataSync()[0]!;
    names.forEach((name, i) => (gradients[name] = Float32Array.from(found.grads[i]!.dataSync())));
  });
  return { loss, gradients };
}

/** ReaderWeights as tensors. The caller frees them, with `tidy`. */
export const tensorsOf = (tf: Autograd, shape: ReaderShape, weights: ReaderWeights): WeightTensors =>
  Object.fromEntries(
    weightPlans(shape).map(({ name, shape: sizes }) => [name, tf.tensor(weights[name]!, [...sizes])]),
  );

/** Sequences of the evaluation, `from` the first of them. No step trains on their stream. */
export const evaluationBatchOf = (
  { task, seed }: Pick<TrainSettings, "task" | "seed">,
  from: number,
  count: number,
): LabelledBatch => labelledBatch(task, count, streamOf(seed).fork("evaluation").fork(from));

/** Sequences that are evaluated at a time. */
const evaluationBatch = 64;

/** Loss in nats and accuracy on sequences that no step trains on, and the number of their answers. */
export function evaluateReader(
  tf: Autograd,
  { shape, task, evaluated, seed }: Pick<TrainSettings, "shape" | "task" | "evaluated" | "seed">,
  weights: ReaderWeights,
): { loss: number; accuracy: number; answers: number } {
  let [loss, right, asked] = [0, 0, 0];
  for (let from = 0; from < evaluated; from += evaluationBatch) {
    const count = Math.min(evaluationBatch, evaluated - from);
    const batch = evaluationBatchOf({ task, seed }, from, count);
    tf.tidy(() => {
      const logits = logitsOf({ tf, shape, weights: tensorsOf(tf, shape, weights) }, batch);
      loss += lossOf(tf, logits, batch.answers).dataSync()[0]! * batch.answers.length;
      const chosen = tf.argMax(logits, 1).dataSync();
      right += batch.answers.filter((answer, i) => chosen[i] === answer).length;
      asked += batch.answers.length;
    });
  }
  return { loss: loss / asked, accuracy: right / asked, answers: asked };
}

const copyOf = (weights: ReaderWeights): ReaderWeights =>
  Object.fromEntries(Object.entries(weights).map(([name, numbers]) => [name, numbers.slice()]));

const copyOfMoments = ({ first, second }: AdamMoments): AdamMoments => ({
  first: copyOf(first),
  second: copyOf(second),
});
