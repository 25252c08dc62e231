import { parse } from "csv-parse/sync";
import { UsageError } from "../core/errors.ts";
import { checkRequests } from "../hardware/serving/arrivals.ts";
import type { Request } from "../hardware/serving/arrivals.ts";
import { readText } from "./files.ts";

const columns = ["arrival_s", "input_tokens", "output_tokens"] as const;

/**
 * Reads a trace of requests: a CSV file with the columns arrival_s, input_tokens, output_tokens, and any others.
 *
 * @throws UsageError for a file that cannot be read, a missing column, or a request that is none
 */
export function readTrace(path: string): Request[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(readText(path), { columns: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is torn or no CSV: ${(error as Error).message}`);
  }
  const missing = columns.filter((name) => rows[0] !== undefined && !(name in rows[0]));
  if (missing.length > 0)
    throw new UsageError(`${path} lacks the columns ${missing.join(", ")}; needed: ${columns.join(", ")}`);
  const number = (text: string): number => (text === "" ? NaN : Number(text));
  const requests = rows.map((row) => ({
    arrivalSeconds: number(row["arrival_s"]!),
    inputTokens: number(row["input_tokens"]!),
    outputTokens: number(row["output_tokens"]!),
  }));
  checkRequests(requests);
  return requests;
}
