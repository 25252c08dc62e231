import { existsSync } from "node:fs";
import { integerColumn, textColumn } from "../../core/table.ts";
import { readColumns } from "../../files/csv.ts";
import { estimateColumns } from "../estimates.ts";

/** A change of the reader whose keys follow the text: its distance from a model's columns, and its gain over no change, in points. */
export interface TextReaderChange {
  readonly change: string;
  /** attention, logits, or another number of the reader */
  readonly part: string;
  /** 0 for the unchanged reader; the nearest change is 1 */
  readonly rank: number;
  readonly error: PointsBetween;
  readonly gain: PointsBetween;
  /** problems a column */
  readonly trials: number;
}

/** A number of points with its 95% interval. */
export interface PointsBetween {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Columns of changes.csv that the article is told from. */
const read = [
  textColumn("model", "model whose published columns these are"),
  integerColumn("rank", "by the mean error; 0: no change"),
  textColumn("change", "the change of the reader"),
  textColumn("part", "attention, logits, or another number of the reader"),
  ...estimateColumns("error", "mean distance from the published scores, 0 to 1"),
  ...estimateColumns("gain", "error without a change minus this error, on the same problems"),
  integerColumn("trials", "problems of each column"),
] as const;

/**
 * Reads the changes of the experiment article-reader by one model's columns, nearest change first; undefined without the
 * file.
 *
 * @throws UsageError for a file without these columns
 */
export function readTextReader(path: string, model: string): TextReaderChange[] | undefined {
  if (!existsSync(path)) return undefined;
  return readColumns(path, read)
    .filter((row) => row.model === model)
    .map(({ change, part, rank, trials, ...row }) => ({
      change,
      part,
      rank,
      error: { mean: 100 * row.error, low: 100 * row.errorLow, high: 100 * row.errorHigh },
      gain: { mean: 100 * row.gain, low: 100 * row.gainLow, high: 100 * row.gainHigh },
      trials,
    }))
    .sort((a, b) => a.rank - b.rank);
}
