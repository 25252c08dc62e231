import { parseSpec } from "../../attention/spec.ts";
import { Random } from "../../core/random.ts";
import { estimateScore, mean } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import type { Ops } from "../../engines/ops.ts";
import type { Autograd } from "../../learned/autograd.ts";
import { answerSwapped } from "../../learned/swapped.ts";
import { labelledBatch } from "../../learned/tasks/all.ts";
import { contextOf } from "../../learned/tasks/mqar.ts";
import type { MqarSizes } from "../../learned/tasks/mqar.ts";
import { runTrial } from "../../trial/run-trial.ts";
import type { LearnedCell } from "./grid.ts";
import { constructed, readerKinds } from "./read-off.ts";
import type { ReadOff, ReaderKind } from "./read-off.ts";
import type { TrainedCell } from "./train-cells.ts";

/** A variant at a length, read by a trained reader or by a constructed one. Estimates are over problems. */
export interface SwapScore {
  readonly cell: LearnedCell;
  readonly variant: string;
  readonly tokens: number;
  readonly reader: "trained" | ReaderKind;
  readonly problems: number;
  /** share of the answers that are right */
  readonly accuracy: MeanEstimate;
  /** share of the tokens with the answers that were read */
  readonly recall: MeanEstimate;
  /** attention weight on these tokens */
  readonly goldMass: number;
}

/** Pairs of a problem: two blocks of a list. */
const pairs = 16;

/**
 * Attention in the place of the trained one: 128 tokens a query, as eight blocks of 16 have. A window keeps no sinks: the
 * list stands at the very beginning for the trained reader, and after an instruction for the constructed one.
 */
const selections = [
  "dense",
  "oracle(k=128)",
  "moba(block=16,k=8)",
  "quest(page=16,budget=128)",
  "sink-window(sinks=0,window=128)",
];

/** Shortest length at which RULER puts its needles in a haystack of text. */
const needles = 4096;

/** Eviction down to a quarter, before the question is known. */
const evictions = (tokens: number): string[] => [
  `snapkv(budget=${tokens / 4},window=32)`,
  `keydiff(budget=${tokens / 4})`,
];

/** A measurement: attention, the trained reader's problem, and the task that the constructed reader has for it. */
interface SwapPlan {
  readonly variant: string;
  readonly task: MqarSizes;
  readonly constructedTask: string;
}

/**
 * Selection is measured on recall with the pairs in a list and the queries anywhere after it, a task that this project
 * has too. Eviction needs a context that ends before the question: there the pairs are scattered, and the constructed
 * reader reads RULER's needles of several queries.
 */
function plansOf({ settings }: LearnedCell, tokens: number): SwapPlan[] {
  const task = { ...(settings.task as MqarSizes), tokens, pairs, power: 1 };
  return [
    ...selections.map((variant) => ({
      variant,
      task,
      constructedTask: `mqar(pairs=${pairs},vocabulary=${task.vocabulary},power=1)`,
    })),
    ...(tokens < needles ? [] : evictions(tokens)).map((variant) => ({
      variant,
      task: { ...task, layout: "scattered" as const },
      constructedTask: "ruler(task=niah_multiquery)",
    })),
  ];
}

/** Variants and lengths: the number of measurements of a reader. */
export const measuredAt = (lengths: readonly number[]): number =>
  lengths.reduce(
    (sum, tokens) => sum + selections.length + (tokens < needles ? 0 : evictions(tokens).length),
    0,
  );

/** Trained reader with its numbers. */
export interface MeasuredReaderCell extends TrainedCell {
  readonly measured: ReadOff;
}

/** Problems at each length, and how they are computed. */
export interface LengthSettings {
  readonly lengths: readonly number[];
  readonly problems: number;
  readonly ops: Ops;
}

/** Reads longer sequences than a reader was trained on, with its own attention and with others. */
export async function lengthScores(
  tf: Autograd,
  { cell, state, measured }: MeasuredReaderCell,
  { lengths, problems, ops }: LengthSettings,
  onStep: () => void,
): Promise<SwapScore[]> {
  const scores: SwapScore[] = [];
  const { shape, seed } = cell.settings;
  for (const tokens of lengths)
    for (const { variant, task, constructedTask } of plansOf(cell, tokens)) {
      const of = (reader: SwapScore["reader"], all: readonly ProblemScore[]): SwapScore => ({
        cell,
        variant,
        tokens,
        reader,
        problems,
        accuracy: estimateScore(all.map(({ accuracy }) => accuracy))!,
        recall: estimateScore(all.map(({ recall }) => recall))!,
        goldMass: mean(all.map(({ goldMass }) => goldMass)),
      });
      const own = Array.from({ length: problems }, (_, n): ProblemScore => {
        const batch = labelledBatch(task, 1, new Random(seed).fork("length").fork(n));
        const answers = answerSwapped(tf, { shape, weights: state.weights }, batch, {
          spec: parseSpec(variant),
          ops,
          context: contextOf(task),
        });
        return {
          accuracy: mean(answers.map(({ right }) => Number(right))),
          recall: mean(answers.map(({ recall }) => recall)),
          goldMass: mean(answers.map(({ goldMass }) => goldMass)),
        };
      });
      scores.push(of("trained", own));
      for (const kind of readerKinds) {
        const predicted: ProblemScore[] = [];
        for (let trial = 0; trial < problems; trial++) {
          const reader = constructed(kind, measured);
          const row = await runTrial({
            task: constructedTask,
            variant,
            tokens,
            trial,
            seed,
            reader,
            engine: ops,
          });
          predicted.push({ accuracy: row.score!, recall: row.recall!, goldMass: row.goldMass! });
        }
        scores.push(of(kind, predicted));
      }
      onStep();
    }
  return scores;
}

interface ProblemScore {
  readonly accuracy: number;
  readonly recall: number;
  readonly goldMass: number;
}
