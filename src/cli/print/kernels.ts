import { formatSeconds } from "../../core/units.ts";
import type { FileErrors, RowError } from "../../hardware/constants/fit/errors.ts";
import type { FitErrors } from "../../studies/kernels/fit.ts";
import { formatTable } from "./table.ts";

const percent = (error: number): string => `${(100 * error).toFixed(1)}%`;

/** A table of the errors of files, with the worst row of each. */
export const formatKernelErrors = (errors: readonly FileErrors[]): string =>
  formatTable(
    ["file", "rows", "median error", "90th percentile", "worst", "of the row"],
    errors.map(({ file, rows, medianAbsError, p90AbsError, worst }) => [
      file,
      rows,
      percent(medianAbsError),
      percent(p90AbsError),
      percent(worst.absError),
      describe(worst),
    ]),
  );

const describe = ({ line, row, measuredSeconds, predictedSeconds }: RowError): string =>
  `line ${line}: ${Object.entries(row)
    .filter(([column]) => column !== "latency_ms")
    .map(([, text]) => text)
    .join(" ")}, ${formatSeconds(measuredSeconds)} measured, ${formatSeconds(predictedSeconds)} predicted`;

/** A table of the errors of files: of the fitted rows, and of the rows held out. */
export const formatFit = (errors: readonly FitErrors[]): string =>
  formatTable(
    ["file", "rows fitted", "median error", "90th percentile", "held out", "median", "90th"],
    errors.map(({ file, fitted, heldOut }) => [file, ...sideCells(fitted), ...sideCells(heldOut)]),
  );

const sideCells = (side: FileErrors | undefined) =>
  side === undefined ? ["-", "-", "-"] : [side.rows, percent(side.medianAbsError), percent(side.p90AbsError)];
