import { UsageError } from "../../../core/errors.ts";

/** A row of a CSV: texts by column. */
export type TextRow = Readonly<Record<string, string>>;

/** Reads a row's columns; each method throws what, got, allowed, with the file and the line. */
export class MeasuredRow {
  /** @param line of the file, the heading being line 1 */
  constructor(
    readonly file: string,
    readonly line: number,
    readonly texts: TextRow,
  ) {}

  /** its texts but the measured time */
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

  /** One of the names that a table knows. */
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
