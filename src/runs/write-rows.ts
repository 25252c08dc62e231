import { UsageError } from "../core/errors.ts";
import { distinct } from "../core/group.ts";
import { chooseColumns, tableFigure } from "../figures/table.ts";
import type { TableFigureRow } from "../figures/table.ts";
import { formatCells } from "../files/csv-text.ts";
import { writeAtomic } from "../files/files.ts";
import { drawFigure, formatOf } from "./write-figure.ts";

/** Files that rows are written to. */
export interface RowFiles {
  /** .csv file */
  readonly csv?: string | undefined;
  /** .svg or .png file */
  readonly figure?: string | undefined;
}

/**
 * Writes the numbers and texts of rows, whatever else they hold, as a CSV and as a figure.
 *
 * @param title above the figure
 * @throws UsageError for a figure of another format, rows that cannot be drawn, and files that cannot be written
 */
export async function writeRows(
  rows: readonly object[],
  title: string,
  { csv, figure }: RowFiles,
): Promise<void> {
  const plain = rows.map(plainRow);
  if (csv !== undefined) {
    const names = distinct(plain.flatMap((row) => Object.keys(row)));
    writeAtomic(csv, formatCells(names, plain));
  }
  if (figure === undefined) return;
  const format = formatOf("--figure", figure);
  const columns = chooseColumns(plain, {});
  if (columns === undefined) throw new UsageError("these rows have no numbers to draw");
  await drawFigure(figure, format, tableFigure(plain, columns, title));
}

/** The numbers and texts of a row; true and false as texts. */
function plainRow(row: object): TableFigureRow {
  return Object.fromEntries(
    Object.entries(row).flatMap(([key, value]: [string, unknown]): [string, string | number | null][] => {
      if (value === null || typeof value === "string" || typeof value === "number") return [[key, value]];
      return typeof value === "boolean" ? [[key, String(value)]] : [];
    }),
  );
}
