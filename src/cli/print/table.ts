/** A cell of a table; null is an empty one. */
export type TableCell = string | number | null;

/** A number with or without a unit: `12`, `0.98`, `12.4 ms`, `>= 5`, `-`. */
const numeric = /^(?:[<>~≥≤]?=? ?[-+]?\$?[\d.,]+(?:e[-+]?\d+)?%?(?: [A-Za-z/%]+)?|-)$/;

/**
 * Formats rows as plain text: a line of titles, a rule, one line a row. Columns of numbers are aligned right, others left.
 *
 * @param rows each has one cell for each title
 */
export function formatTable(titles: readonly string[], rows: readonly (readonly TableCell[])[]): string {
  const cells = rows.map((row) => titles.map((_, c) => String(row[c] ?? "")));
  const right = titles.map((_, c) => cells.every((row) => row[c] === "" || numeric.test(row[c]!)));
  const widths = titles.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (right[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join("  ")
      .trimEnd();
  return [line(titles), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line)].join("\n");
}
