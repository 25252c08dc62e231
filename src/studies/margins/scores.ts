import { estimateDifference, estimateScore } from "../../core/stats.ts";
import type { MeanEstimate } from "../../core/stats.ts";
import type { ReaderParams } from "../../reader/params.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { meanFieldRow } from "../../trial/mean-field.ts";

/** A variant on the problems of a task at a length. */
export interface MarginCell {
  readonly task: MarginTask;
  /** attention variant spec */
  readonly variant: string;
  readonly tokens: string;
  /** reads of each query; default: 1 */
  readonly reads?: number;
}

/** Tasks of the conclusions: their specs by a short name. */
export const marginTasks = {
  searches: "graphwalks(operation=bfs)",
  requests: "mrcr(needles=8)",
  "whole requests": "mrcr(keys=whole)",
} as const;

export type MarginTask = keyof typeof marginTasks;

/** The reader that is asked on each task. */
export type TaskReaders = Readonly<Record<MarginTask, Partial<ReaderParams>>>;

/** Draws scores of the first problems of a cell in the mean field. */
export const drawScores =
  (readers: TaskReaders, problems: number) =>
  ({ task, variant, tokens, reads = 1 }: MarginCell): readonly number[] => {
    const reader = { ...readers[task], reads };
    return Array.from({ length: problems }, (_, trial) => {
      const asked = { task: marginTasks[task], variant, tokens, reader, trial };
      return meanFieldRow(makeTrial({ ...asked, mode: "mean-field" })).score!;
    });
  };

/** Scores of a reader by cell, each taken once. */
export class MarginScores {
  readonly #taken = new Map<string, { readonly cell: MarginCell; readonly scores: readonly number[] }>();
  readonly #take: (cell: MarginCell) => readonly number[];

  /** @param take scores of the problems of a cell, in their order */
  constructor(take: (cell: MarginCell) => readonly number[]) {
    this.#take = take;
  }

  /** Scores of the problems, in their order. */
  of(cell: MarginCell): readonly number[] {
    const { task, variant, tokens, reads = 1 } = cell;
    const key = JSON.stringify([task, variant, tokens, reads]);
    const before = this.#taken.get(key);
    if (before !== undefined) return before.scores;
    const scores = this.#take(cell);
    this.#taken.set(key, { cell, scores });
    return scores;
  }

  /** The mean score of a cell. */
  mean(cell: MarginCell): MeanEstimate {
    return estimateScore(this.of(cell))!;
  }

  /** The mean difference of two cells, problem by problem. */
  difference(cell: MarginCell, from: MarginCell): MeanEstimate {
    const others = this.of(from);
    return estimateDifference(this.of(cell).map((score, i) => score - others[i]!))!;
  }

  /** Every cell that was asked for, in the order of asking. */
  cells(): readonly { readonly cell: MarginCell; readonly scores: readonly number[] }[] {
    return [...this.#taken.values()];
  }
}
