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
import type { ReaderParams } from "../../reader/params.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { runTrials } from "../../trial/run.ts";
import type { NumericTrial } from "../../trial/trial.ts";
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

/** Measurements on the same problems: attention, the trained reader's task, and the constructed reader's. */
interface SwapPlan {
  readonly variants: readonly string[];
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
  const selecting: SwapPlan = {
    variants: selections,
    task,
    constructedTask: `mqar(pairs=${pairs},vocabulary=${task.vocabulary},power=1)`,
  };
  const evicting: SwapPlan = {
    variants: evictions(tokens),
    task: { ...task, layout: "scattered" },
    constructedTask: "ruler(task=niah_multiquery)",
  };
  return tokens < needles ? [selecting] : [selecting, evicting];
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

/** Problems at each length, and the engine of the numerics. */
export interface LengthSettings {
  readonly lengths: readonly number[];
  readonly problems: number;
  readonly ops: Ops;
}

/**
 * Reads longer sequences than a reader was trained on, with its own attention and with others.
 *
 * @param onStep called after each variant at a length
 */
export function lengthScores(
  tf: Autograd,
  reader: MeasuredReaderCell,
  { lengths, problems, ops }: LengthSettings,
  onStep: () => void,
): SwapScore[] {
  const { cell, measured } = reader;
  const each = Array.from({ length: problems }, (_, n) => n);
  return lengths.flatMap((tokens) =>
    plansOf(cell, tokens).flatMap((plan) => {
      // (problems, variants)
      const trained = each.map((n) => trainedScores(tf, reader, plan, { n, ops }));
      const predicted = readerKinds.map((kind) =>
        each.map((n) => constructedScores(constructed(kind, measured), plan, { n, ops, tokens, cell })),
      );
      return plan.variants.flatMap((variant, v) => {
        const of = (name: SwapScore["reader"], all: readonly (readonly ProblemScore[])[]): SwapScore => ({
          cell,
          variant,
          tokens,
          reader: name,
          problems,
          accuracy: estimateScore(all.map((own) => own[v]!.accuracy))!,
          recall: estimateScore(all.map((own) => own[v]!.recall))!,
          goldMass: mean(all.map((own) => own[v]!.goldMass)),
        });
        onStep();
        return [of("trained", trained), ...readerKinds.map((kind, k) => of(kind, predicted[k]!))];
      });
    }),
  );
}

interface ProblemScore {
  readonly accuracy: number;
  readonly recall: number;
  readonly goldMass: number;
}

/** The trained reader's scores on the n-th problem, by variant. */
function trainedScores(
  tf: Autograd,
  { cell: { settings }, state }: TrainedCell,
  { variants, task }: SwapPlan,
  { n, ops }: { readonly n: number; readonly ops: Ops },
): ProblemScore[] {
  const { shape, seed } = settings;
  const batch = labelledBatch(task, 1, new Random(seed).fork("length").fork(n));
  return variants.map((variant) => {
    const swap = { spec: parseSpec(variant), ops, context: contextOf(task) };
    const answers = answerSwapped(tf, { shape, weights: state.weights }, batch, swap);
    return {
      accuracy: mean(answers.map(({ right }) => Number(right))),
      recall: mean(answers.map(({ recall }) => recall)),
      goldMass: mean(answers.map(({ goldMass }) => goldMass)),
    };
  });
}

/** A constructed reader's scores on the n-th problem, by variant. */
function constructedScores(
  reader: Partial<ReaderParams>,
  { variants, constructedTask: task }: SwapPlan,
  { n, ops, tokens, cell }: { n: number; ops: Ops; tokens: number; cell: LearnedCell },
): ProblemScore[] {
  const { seed } = cell.settings;
  const trials = variants.map((variant) =>
    makeTrial({ task, variant, tokens, trial: n, seed, reader, engine: ops.name }),
  );
  const rows = new Map<NumericTrial, TrialRow>();
  runTrials(trials, { ops, onRow: (trial, row) => rows.set(trial, row) });
  return trials.map((trial) => {
    const { score, recall, goldMass } = rows.get(trial)!;
    return { accuracy: score!, recall: recall!, goldMass: goldMass! };
  });
}
