import { UsageError } from "../../../core/errors.ts";

/** Texts of a row of a CSV, by column. */
export type TextRow = Readonly<Record<string, string>>;

/** A row of measured kernels. Its methods read columns; each throws file, line, what, got and allowed. */
export class MeasuredRow {
  /** @param line line of the file; the heading is line 1 */
  constructor(
    readonly file: string,
    readonly line: number,
    readonly texts: TextRow,
  ) {}

  /** All texts except the measured time. */
  get key(): string {
    return Object.entries(this.texts)
      .filter(([column]) => column !== "latency_ms")
      .map(([column, text]) => `${column}=${text}`)
      .join();
  }

  text(column: string): string {
    const value = this.texts[column];
    if (value === undefined)
      throw new UsageError(
        `${this.file}: no column "${column}"; it has ${Object.keys(this.texts).join(", ")}`,
      );
    return value.trim();
  }

  /** A number of at least `min`. */
  number(column: string, min = 0): number {
    const text = this.text(column);
    const value = Number(text);
    if (text === "" || !Number.isFinite(value) || value < min) this.refuse(column, `a number >= ${min}`);
    return value;
  }

  /** Value of a table for the name in the column. */
  choice<T>(column: string, table: Readonly<Record<string, T>>): T {
    const text = this.text(column).toLowerCase();
    if (!Object.hasOwn(table, text)) this.refuse(column, Object.keys(table).join(", "));
    return table[text]!;
  }

  refuse(column: string, allowed: string): never {
    throw new UsageError(
      `${this.file}, line ${this.line}: ${column} is "${this.text(column)}"; allowed: ${allowed}`,
    );
  }
}
