import { integerColumn, numberColumn, textColumn } from "../core/table.ts";
import type { RowOf } from "../core/table.ts";
import type { JournalEntry } from "./journal-line.ts";

/** The columns of timings.csv. Wall times have a file of their own because they differ from run to run. */
export const timingColumns = [
  textColumn("id", "id of the trial in data.csv"),
  numberColumn("seconds", "wall time of the trial", "s"),
  integerColumn("threads", "kernel threads that the trial ran on"),
  integerColumn("workers", "workers that ran trials at the same time"),
] as const;

/** The row of timings.csv of a finished trial. */
export const timingRow = ({ id, seconds, threads, workers }: JournalEntry): RowOf<typeof timingColumns> => ({
  id,
  seconds,
  threads,
  workers,
});
