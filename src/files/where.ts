import { decimal } from "../core/decimal.ts";
import { UsageError } from "../core/errors.ts";
import { parseLength } from "../core/length.ts";

/** A row of a CSV as text, by column. */
export type CsvRow = Readonly<Record<string, string>>;

/** A condition on a column: `tokens<=128K`, `model=deepseek-v3`. */
export interface RowCondition {
  readonly column: string;
  readonly holds: (cell: string) => boolean;
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "=": (a, b) => a === b,
};

/**
 * Reads a condition. A value is a number, a length with K or M (128K is both 131,072 and 128,000), or with `=` and `!=` a
 * text.
 *
 * @throws UsageError for a text that is no condition
 */
export function parseCondition(text: string): RowCondition {
  const [, column, operator, value] = /^\s*([A-Za-z]\w*)\s*(<=|>=|!=|<|>|=)\s*(.+?)\s*$/.exec(text) ?? [];
  if (column === undefined || operator === undefined || value === undefined)
    throw new UsageError(`a condition is COLUMN<=VALUE (or >=, <, >, =, !=); got "${text}"`);
  const compare = comparisons[operator]!;
  const bound = boundOf(value);
  if (bound === undefined) {
    if (operator !== "=" && operator !== "!=")
      throw new UsageError(`"${text}": a number is needed after ${operator}; got "${value}"`);
    return { column, holds: (cell) => (cell === value) === (operator === "=") };
  }
  const { exact, thousands } = bound;
  return {
    column,
    holds(cell) {
      if (cell === "") return false;
      // a length in thousands is the same length: `=128K` takes 128,000, and `<128K` does not
      const number = Number(cell) === thousands ? exact : Number(cell);
      return compare(number, exact);
    },
  };
}

/** A number or length; undefined for any other text. */
function boundOf(value: string): { readonly exact: number; readonly thousands?: number } | undefined {
  if (/^\d+(\.\d+)?[KkMm]$/.test(value)) {
    const exact = parseLength(value);
    return { exact, thousands: (exact / 1024) * 1000 };
  }
  const exact = decimal(value);
  return Number.isNaN(exact) ? undefined : { exact };
}

/** Column that a name stands for: the nominal length of trials is their `tokens`. */
const columnOf = (name: string, row: CsvRow): string =>
  name === "tokens" && "tokensNominal" in row ? "tokensNominal" : name;

/** Rows that meet all conditions. @throws UsageError for a column that no row has, and where no row is left */
export function rowsWhere(rows: readonly CsvRow[], conditions: readonly RowCondition[]): readonly CsvRow[] {
  const [first] = rows;
  if (first === undefined) return rows;
  for (const { column } of conditions)
    if (!rows.some((row) => Object.hasOwn(row, columnOf(column, row))))
      throw new UsageError(`no column "${column}"; there are ${Object.keys(first).join(", ")}`);
  const left = rows.filter((row) =>
    conditions.every(({ column, holds }) => holds(row[columnOf(column, row)] ?? "")),
  );
  if (left.length === 0) throw new UsageError(`no row of ${rows.length} is left by the conditions`);
  return left;
}
