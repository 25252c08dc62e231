import { groupBy } from "../../core/group.ts";
import { mean } from "../../core/stats.ts";
import type { SwapScore } from "./lengths.ts";
import { readerKinds } from "./read-off.ts";
import type { ReadOff, ReaderKind } from "./read-off.ts";
import type { CellScore } from "./scores.ts";

/** Distance of a constructed reader from the trained one, over the lengths of a variant. */
export interface PredictionError {
  readonly variant: string;
  readonly reader: ReaderKind;
  /** mean absolute differences */
  readonly accuracy: number;
  readonly recall: number;
  readonly goldMass: number;
  /** trained readers times lengths */
  readonly cells: number;
}

/** Answer of the study. */
export interface LearnedAnswer {
  readonly cells: number;
  /** cells of the grid that were not trained in the time given */
  readonly missing: number;
  readonly scores: readonly CellScore[];
  readonly readOffs: readonly ReadOff[];
  readonly lengths: readonly SwapScore[];
  readonly errors: readonly PredictionError[];
}

/** Budgets of eviction follow the length: one name for all of them. */
const nameOf = ({ variant, tokens }: SwapScore): string =>
  variant.replace(`budget=${tokens / 4}`, "budget=1/4");

/** Distances of the constructed readers from the trained ones, by variant. */
export function predictionErrors(scores: readonly SwapScore[]): PredictionError[] {
  const trained = new Map(
    scores
      .filter(({ reader }) => reader === "trained")
      .map((score) => [`${score.cell.name} ${score.variant} ${score.tokens}`, score]),
  );
  return [...groupBy(scores, nameOf)].flatMap(([variant, own]) =>
    readerKinds.map((reader) => {
      const pairs = own
        .filter((score) => score.reader === reader)
        .map(
          (score) => [score, trained.get(`${score.cell.name} ${score.variant} ${score.tokens}`)!] as const,
        );
      const off = (of: (score: SwapScore) => number): number =>
        mean(pairs.map(([a, b]) => Math.abs(of(a) - of(b))));
      return {
        variant,
        reader,
        accuracy: off(({ accuracy }) => accuracy.mean),
        recall: off(({ recall }) => recall.mean),
        goldMass: off(({ goldMass }) => goldMass),
        cells: pairs.length,
      };
    }),
  );
}
