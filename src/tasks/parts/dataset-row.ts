import { UsageError } from "../../core/errors.ts";

/** A row of a dataset's file: values by column. */
export type Row = Readonly<Record<string, unknown>>;

function refuse(task: string, row: Row, column: string, wanted: string): never {
  const value = row[column];
  if (value === undefined || value === null) {
    const has = Object.keys(row).join(", ") || "none";
    throw new UsageError(`${task}: column "${column}" is missing; the row has: ${has}`);
  }
  const got = Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw new UsageError(`${task}: column "${column}" must be ${wanted}; got ${got}`);
}

/** @throws UsageError naming the task, the column and what it holds */
export function stringColumn(task: string, row: Row, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : refuse(task, row, column, "a string");
}

/** @throws UsageError naming the task, the column and what it holds */
export function stringsColumn(task: string, row: Row, column: string): string[] {
  const value = row[column];
  const strings = Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
  return strings !== undefined && strings.length === (value as unknown[]).length
    ? strings
    : refuse(task, row, column, "a list of strings");
}
