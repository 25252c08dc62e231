import { wilson } from "../../core/stats.ts";
import type { Interval } from "../../core/stats.ts";
import type { Autograd } from "../../learned/autograd.ts";
import { evaluateReader } from "../../learned/train.ts";
import type { LearnedTask } from "../../learned/tasks/all.ts";
import { sizeOf, weightPlans } from "../../learned/weights.ts";
import type { LearnedCell } from "./grid.ts";
import type { TrainedCell } from "./train-cells.ts";

/** Accuracy of a trained reader on new sequences. */
export interface CellScore extends Interval {
  readonly cell: LearnedCell;
  /** what is asked: recall, graph-lookup, or a number of hops */
  readonly asked: string;
  readonly parameters: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly answers: number;
}

/** Scores of a trained reader: one, or one for each number of hops. Intervals are Wilson's over answers. */
export function cellScores(tf: Autograd, { cell, state }: TrainedCell): CellScore[] {
  const { shape, task, evaluated, seed } = cell.settings;
  const parameters = weightPlans(shape).reduce((sum, plan) => sum + sizeOf(plan), 0);
  return askedOf(task).map(([asked, own]) => {
    const { loss, accuracy, answers } = evaluateReader(
      tf,
      { shape, task: own, evaluated, seed },
      state.weights,
    );
    const { low, high } = wilson(Math.round(accuracy * answers), answers);
    return { cell, asked, parameters, steps: state.step, loss, accuracy, answers, low, high };
  });
}

function askedOf(task: LearnedTask): readonly (readonly [string, LearnedTask])[] {
  if (task.name !== "k-hop") return [[task.name, task]];
  return Array.from({ length: task.hops }, (_, i) => [
    `${i + 1} of ${task.hops} hops`,
    { ...task, hops: i + 1, mixed: false },
  ]);
}
