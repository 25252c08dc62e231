import type { TrialRow } from "../trial/columns.ts";
import { readCsv, resultsOf } from "./csv.ts";
import { readParquet } from "./parquet.ts";
import type { CsvRow } from "./where.ts";

/** A cell of a Parquet file as a CSV has it. */
const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/**
 * Rows of a table as texts by column, from a CSV or, if the name ends in .parquet, a Parquet file.
 *
 * @throws UsageError for an unreadable or torn file
 */
export async function readTable(path: string): Promise<CsvRow[]> {
  if (!path.endsWith(".parquet")) return readCsv<string>(path, []);
  const rows = await readParquet(path);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, textOf(value)])),
  );
}

/** Reads rows of results, from a CSV as `readTrialRows` does or from a Parquet file. @throws UsageError as it does */
export const readResults = async (path: string): Promise<TrialRow[]> =>
  resultsOf(await readTable(path), path);
