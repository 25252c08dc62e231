import { decimal } from "../../core/decimal.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";

/** A row of a CSV by its columns. */
export type TraceCells = Readonly<Record<string, string>>;

/** A format of traces that is a CSV. */
export interface CsvTraceFormat {
  /** project that publishes traces of this format, or `own` */
  readonly name: string;
  /** columns by which it is known */
  readonly columns: readonly string[];
  /** The request of a row, whose numbers `checkRequests` judges; undefined for a row that is none. */
  requestOf(row: TraceCells): Request | undefined;
}

/** An object of a line of JSON. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** A format of traces with a JSON object a line. */
export interface JsonTraceFormat {
  readonly name: string;
  /** keys by which it is known */
  readonly keys: readonly string[];
  /**
   * The requests of a line.
   *
   * @param where line of the file, for error messages
   * @param line number of the line, from 0
   * @throws UsageError for a value that is not of its key's type
   */
  requestsOf(row: JsonRow, where: string, line: number): Request[];
}

/** A number of a cell; NaN for one that holds none. */
export const cellNumber = (text: string | undefined): number => (text === undefined ? NaN : decimal(text));
