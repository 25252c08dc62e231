import type { Machine } from "../../kernels/machine.ts";
import type { OperatorTime } from "../../kernels/operator-time.ts";
import type { MeasuredRow } from "./rows.ts";

/** A file of measured kernels: its name without `.csv`, and the operator that predicts its rows. */
export interface MeasuredFile {
  readonly file: string;
  /** @throws UsageError for a missing column, or a value without meaning */
  readonly predict: (machine: Machine, row: MeasuredRow) => OperatorTime;
}
