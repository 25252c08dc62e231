import { existsSync } from "node:fs";
import { readCsv } from "../../files/csv.ts";

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

/** Reads ranking.csv of `attnsim explain`, nearest change first; undefined without the file. */
export function readExplanation(path: string): ExplainedChange[] | undefined {
  if (!existsSync(path)) return undefined;
  const rows = readCsv<string>(path, []);
  const points = (text: string | undefined): number => 100 * Number(text);
  return rows
    .map((row) => ({
      rank: Number(row["rank"]),
      change: row["change"] ?? "",
      kind: row["kind"] ?? "",
      error: points(row["error"]),
      low: points(row["errorLow"]),
      high: points(row["errorHigh"]),
      longError: points(row["longError"]),
    }))
    .sort((a, b) => a.error - b.error);
}
