import { UsageError } from "../../core/errors.ts";
import { shownValue } from "../../core/json.ts";
import type { JsonRow } from "./format.ts";

/** A number of a JSON object. @throws UsageError for another type */
export function numberOf(row: JsonRow, key: string, where: string): number {
  const value = row[key];
  if (typeof value !== "number")
    throw new UsageError(`${where}: ${key} must be a number; got ${shownValue(value)}`);
  return value;
}

/** Integers of a JSON object's list. @throws UsageError for another type */
export function integersOf(row: JsonRow, key: string, where: string): readonly number[] {
  const value = row[key];
  if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
    throw new UsageError(`${where}: ${key} must be a list of integers; got ${shownValue(value)}`);
  return value as number[];
}
