import { existsSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { readText } from "../../files/files.ts";

/** A single change of a reader fitted to one model, and how near it comes to another's scores; in points. */
export interface ExplainedChange {
  /** 0 for the fitted reader as it is */
  readonly rank: number;
  readonly change: string;
  /** attention, logits, or another number of the reader */
  readonly kind: string;
  readonly error: number;
  readonly low: number;
  readonly high: number;
  /** of the columns from 256K tokens on */
  readonly longError: number;
}

/** What `attnsim explain` found, nearest first: its ranking.csv; undefined where there is none. */
export function readExplanation(path: string): ExplainedChange[] | undefined {
  if (!existsSync(path)) return undefined;
  const rows: Readonly<Record<string, string>>[] = parse(readText(path), { columns: true });
  const points = (text: string | undefined): number => 100 * Number(text);
  return rows
    .map((row) => ({
      ...{ rank: Number(row["rank"]), change: row["change"] ?? "", kind: row["kind"] ?? "" },
      ...{ error: points(row["error"]), low: points(row["errorLow"]), high: points(row["errorHigh"]) },
      longError: points(row["longError"]),
    }))
    .sort((a, b) => a.error - b.error);
}
