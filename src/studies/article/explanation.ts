import { existsSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";
import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import { readColumns } from "../../files/csv.ts";
import { estimateColumns } from "../estimates.ts";

/** A single change of a fitted reader, and its mean distance from another model's scores, in points. */
export interface ExplainedChange {
  /** 0 for the unchanged reader */
  readonly rank: number;
  readonly change: string;
  /** attention, logits, or another number of the reader */
  readonly kind: string;
  readonly error: number;
  readonly low: number;
  readonly high: number;
  /** mean distance over the columns from 256K tokens on */
  readonly longError: number;
}

/** Columns of ranking.csv that the article is told from. */
const read = [
  integerColumn("rank", "by the mean error; 0: no change"),
  textColumn("change", "the change of the fitted reader"),
  textColumn("kind", "attention, logits, or another number of the reader"),
  ...estimateColumns("error", "mean distance from the published scores, 0 to 1"),
  numberColumn("longError", "mean distance over the columns from 256K tokens on"),
] as const;

/**
 * Reads ranking.csv of `attnsim explain`, nearest change first; undefined without the file.
 *
 * @throws UsageError for a file without these columns, without the unchanged reader, or without a change of attention
 */
export function readExplanation(path: string): ExplainedChange[] | undefined {
  if (!existsSync(path)) return undefined;
  const rows = readColumns(path, read);
  if (!rows.some(({ rank }) => rank === 0)) throw new UsageError(`${path} has no row of rank 0, no change`);
  if (!rows.some(({ rank, kind }) => rank > 0 && kind === "attention"))
    throw new UsageError(`${path} has no row of the kind "attention" beyond rank 0`);
  return rows
    .map(({ rank, change, kind, error, errorLow, errorHigh, longError }) => ({
      rank,
      change,
      kind,
      error: 100 * error,
      low: 100 * errorLow,
      high: 100 * errorHigh,
      longError: 100 * longError,
    }))
    .sort((a, b) => a.error - b.error);
}
