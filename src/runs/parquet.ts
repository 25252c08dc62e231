import { rmSync } from "node:fs";
import { join } from "node:path";
import { readCsv } from "../files/csv.ts";
import { tableRowsOf } from "../files/csv-text.ts";
import { writeAtomic } from "../files/files.ts";
import { formatParquet } from "../files/write-parquet.ts";
import { readDataPackage } from "./read-datapackage.ts";

/** The Parquet file beside a CSV file. */
export const besideCsv = (csv: string): string => csv.replace(/\.csv$/, ".parquet");

/**
 * Writes each CSV file of a folder of results as Parquet beside it, with the columns and types of datapackage.json.
 * Returns the paths.
 *
 * @throws UsageError for a folder without a datapackage.json, and a CSV that is not as it says
 */
export function writeParquet(folder: string): string[] {
  return readDataPackage(folder).map(({ file, columns }) => {
    const csv = join(folder, file);
    const rows = tableRowsOf(readCsv<string>(csv, []), columns, csv);
    const path = besideCsv(csv);
    writeAtomic(path, formatParquet(columns, rows));
    return path;
  });
}

/** Writes CSV files by name, and removes Parquet files of earlier rows beside them. */
export function writeCsvFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    const csv = join(folder, file);
    rmSync(besideCsv(csv), { force: true });
    writeAtomic(csv, text);
  }
}
