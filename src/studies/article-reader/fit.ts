import { mean } from "../../core/stats.ts";
import { lossOf, meanError } from "../calibrate/loss.ts";
import { meanFieldScores } from "../calibrate/scores.ts";
import type { GivenReader, ReaderTrials } from "../calibrate/scores.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import { readerAt, triedNumbers } from "./numbers.ts";
import type { ReaderNumbers } from "./numbers.ts";

/** A point of the grid: the numbers of a reader, and how far dense attention's scores are from published ones. */
export interface ReaderGridPoint {
  readonly numbers: ReaderNumbers;
  /** mean squared distance, 0 to 1 */
  readonly loss: number;
  /** mean distance, 0 to 1 */
  readonly error: number;
}

/** Every point of the grid, in the mean field, the least loss first. */
export function tryNumbers(
  { reader, trials, seed }: Pick<ReaderTrials, "trials" | "seed"> & { readonly reader: GivenReader },
  targets: readonly TargetColumn[],
  onPoint: () => void,
): ReaderGridPoint[] {
  const points = triedNumbers.map((numbers) => {
    const scores = meanFieldScores(
      { variant: "dense", reader: readerAt(reader, numbers), trials, seed },
      targets,
    );
    const means = scores.map((values) => mean(values));
    onPoint();
    return { numbers, loss: lossOf(means, targets), error: meanError(means, targets) };
  });
  return points.sort((a, b) => a.loss - b.loss);
}
