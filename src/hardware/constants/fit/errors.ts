import { quantile } from "../../../core/stats.ts";
import { unknownName } from "../../../core/errors.ts";
import type { Machine } from "../../kernels/machine.ts";
import { measuredSeconds } from "./fit.ts";
import type { Measured } from "./fit.ts";
import type { MeasuredRow } from "./rows.ts";

/** Errors of the predictions of a file's rows, |predicted / measured - 1|. */
export interface FileErrors {
  readonly file: string;
  readonly rows: number;
  readonly medianAbsError: number;
  readonly p90AbsError: number;
  readonly worst: RowError;
}

export interface RowError {
  readonly line: number;
  readonly row: Readonly<Record<string, string>>;
  readonly measuredSeconds: number;
  readonly predictedSeconds: number;
  readonly absError: number;
}

/** Errors of the rows of a file that are `kept`; undefined if no row is. */
export function fileErrors(
  { file, rows }: Measured,
  machines: ReadonlyMap<string, Machine>,
  kept: (row: MeasuredRow) => boolean = () => true,
): FileErrors | undefined {
  const errors = rows.filter(kept).map((row): RowError => {
    const system = row.text("system");
    const machine = machines.get(system) ?? unknownName("system", system, machines.keys());
    const measured = measuredSeconds(row);
    const predicted = file.predict(machine, row).seconds;
    return {
      line: row.line,
      row: row.texts,
      measuredSeconds: measured,
      predictedSeconds: predicted,
      absError: Math.abs(predicted / measured - 1),
    };
  });
  if (errors.length === 0) return undefined;
  errors.sort((a, b) => a.absError - b.absError);
  const sorted = errors.map(({ absError }) => absError);
  return {
    file: `${file.file}.csv`,
    rows: errors.length,
    medianAbsError: quantile(sorted, 0.5),
    p90AbsError: quantile(sorted, 0.9),
    worst: errors.at(-1)!,
  };
}
