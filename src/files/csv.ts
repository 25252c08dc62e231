import { UsageError } from "../core/errors.ts";
import type { TrialRow } from "../trial/columns.ts";
import type { Column, RowOf } from "../core/table.ts";
import { parseCsv, requireColumns, tableRowsOf, trialRowsOf } from "./csv-text.ts";
import { readText } from "./files.ts";
import type { CsvRow } from "./where.ts";

/**
 * Reads the rows of a CSV as text. The file may have other columns too.
 *
 * @param needed columns that the file must have
 * @param options whether rows may be `ragged`, with other numbers of cells than the header
 * @throws UsageError for an unreadable or torn file, and missing columns
 */
export const readCsv = <Name extends string>(
  path: string,
  needed: readonly Name[],
  options?: { readonly ragged?: boolean },
): Readonly<Record<Name, string>>[] => parseCsv(readText(path), path, needed, options);

/**
 * Reads the rows of a table with these columns. The file may have others too, which are left out.
 *
 * @throws UsageError for an unreadable or torn file, a missing column, and a cell that is not of its column's type
 */
export function readColumns<const Columns extends readonly Column[]>(
  path: string,
  shown: Columns,
): RowOf<Columns>[] {
  const texts = readCsv<string>(
    path,
    shown.map(({ name }) => name),
  );
  return tableRowsOf(texts, shown, path) as unknown as RowOf<Columns>[];
}

/** Columns without which rows cannot be drawn. */
const needed = ["task", "variant", "tokensNominal", "score"] as const satisfies readonly (keyof TrialRow)[];

/**
 * Reads rows of results, also of a file that a user has edited. Columns may stand in any order. Cells of missing columns
 * are empty. Unknown columns are left out.
 *
 * @throws UsageError for an unreadable or torn file, a missing column that is needed, a cell that is not of its
 *   column's type, a score outside [0, 1], and a trial that stands in two rows
 */
export const readTrialRows = (path: string): TrialRow[] => resultsOf(readCsv<string>(path, []), path);

/** Rows of results from the texts of a file. @throws UsageError as `readTrialRows` does */
export function resultsOf(rows: readonly CsvRow[], path: string): TrialRow[] {
  if (rows.length === 0) throw new UsageError(`${path} has no rows`);
  requireColumns(rows, path, needed);
  return trialRowsOf(rows, path);
}
