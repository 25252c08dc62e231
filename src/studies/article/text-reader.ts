import { existsSync } from "node:fs";
import { readCsv } from "../../files/csv.ts";

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

/**
 * Reads the changes of the experiment article-reader by one model's columns, nearest change first; undefined without the
 * file.
 */
export function readTextReader(path: string, model: string): TextReaderChange[] | undefined {
  if (!existsSync(path)) return undefined;
  return readCsv<string>(path, ["change", "model", "part", "rank", "trials"])
    .filter((row) => row["model"] === model)
    .map((row) => {
      const points = (column: string): PointsBetween => {
        const [mean, low, high] = ["", "Low", "High"].map((end) => 100 * Number(row[column + end]));
        return { mean: mean!, low: low!, high: high! };
      };
      return {
        change: row["change"]!,
        part: row["part"]!,
        rank: Number(row["rank"]),
        error: points("error"),
        gain: points("gain"),
        trials: Number(row["trials"]),
      };
    })
    .sort((a, b) => a.rank - b.rank);
}
