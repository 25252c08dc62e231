import { resolveReader } from "../../reader/params.ts";
import { checkMeanField, columnScores, meanFieldScores } from "./scores.ts";
import type { ColumnScores, GivenReader, ReaderTrials } from "./scores.ts";
import { defaultsOf, freeOf, roundedPoint, searchPoint } from "./search.ts";
import type { FitPoint, Search } from "./search.ts";
import type { HalfTargets } from "./target.ts";

export interface FitOptions extends ReaderTrials {
  /** number of starting points, each with its own simplex */
  readonly starts: number;
  /** called after each evaluation of all fitted columns */
  readonly onEvaluation?: () => void;
}

/** A reader that is fitted to published columns in the mean field. */
export interface ReaderFit {
  readonly fit: Search;
  /** all reader parameters that differ from the defaults, fitted or given */
  readonly reader: GivenReader;
  readonly fitted: ColumnScores;
  readonly leftOut: ColumnScores;
}

/**
 * Fits the reader's free parameters to the fitted columns in the mean field, and scores the reader on the columns that
 * were left out. Parameters that are given stay as they are.
 *
 * @throws UsageError for a task or a variant without a mean field, and when no parameter or no column is left to fit
 */
export function fitReader({ starts, onEvaluation, ...asked }: FitOptions, targets: HalfTargets): ReaderFit {
  const { fitted, "left out": leftOut } = targets;
  checkMeanField(asked, [...fitted, ...leftOut]);
  const readerAt = (point: FitPoint): GivenReader => ({ ...asked.reader, ...point });
  const fit = searchPoint({
    scoresAt: (point) => meanFieldScores({ ...asked, reader: readerAt(point) }, fitted),
    targets: fitted,
    from: defaultsOf(asked.reader),
    free: freeOf(asked.reader),
    starts,
    seed: asked.seed,
    onEvaluation,
  });
  const point = roundedPoint(fit.point);
  const reader = readerAt(point);
  resolveReader(reader);
  const scored = (columns: HalfTargets["fitted"], name: string): ColumnScores =>
    // the stream keeps its former name, so that intervals stay as they were
    columnScores(meanFieldScores({ ...asked, reader }, columns), columns, `theory/${name}`);
  return {
    fit: { ...fit, point },
    reader,
    fitted: scored(fitted, "fitted"),
    leftOut: scored(leftOut, "left out"),
  };
}
