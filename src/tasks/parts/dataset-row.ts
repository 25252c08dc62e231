import { UsageError } from "../../core/errors.ts";
import type { DatasetRow, Problem } from "../task.ts";

/** The row that a problem was loaded from. */
export interface LoadedRow {
  readonly row: DatasetRow;
  /** the answer that it states, as a model would write it; undefined where it states none */
  readonly stated: string | undefined;
}

/** A row whose column `answer` holds the text of the answer, if it has one. */
export const withAnswer = (row: DatasetRow): LoadedRow => ({
  row,
  stated: typeof row["answer"] === "string" ? row["answer"] : undefined,
});

/**
 * Row of a problem, and the answer that it states.
 *
 * @param loaded the row that the problem came from; undefined for a generated problem
 * @param generated makes the row of a generated problem
 */
export const rowOfProblem = (
  loaded: LoadedRow | undefined,
  generated: () => DatasetRow,
): Pick<Problem, "row" | "stated"> => ({
  row: () => loaded?.row ?? generated(),
  ...(loaded?.stated !== undefined && { stated: loaded.stated }),
});

function refuse(task: string, row: DatasetRow, column: string, wanted: string): never {
  const value = row[column];
  if (value === undefined || value === null) {
    const has = Object.keys(row).join(", ") || "none";
    throw new UsageError(`${task}: column "${column}" is missing; the row has: ${has}`);
  }
  const got = Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw new UsageError(`${task}: column "${column}" must be ${wanted}; got ${got}`);
}

/**
 * The text in a column of a row.
 *
 * @throws UsageError naming the task, the column and what it holds
 */
export function stringColumn(task: string, row: DatasetRow, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : refuse(task, row, column, "a string");
}

/**
 * The texts in a column of a row.
 *
 * @throws UsageError naming the task, the column and what it holds
 */
export function stringsColumn(task: string, row: DatasetRow, column: string): string[] {
  const value = row[column];
  const strings = Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
  return strings !== undefined && strings.length === (value as unknown[]).length
    ? strings
    : refuse(task, row, column, "a list of strings");
}
