import { checkRequests } from "../hardware/serving/arrivals.ts";
import type { Request } from "../hardware/serving/arrivals.ts";
import { readCsv } from "./csv.ts";

/**
 * Reads a trace of requests from a CSV file with the columns arrival_s, input_tokens and output_tokens. It may have
 * others.
 *
 * @throws UsageError for a file that cannot be read, a missing column, or a cell that is not a time or a count of tokens
 */
export function readTrace(path: string): Request[] {
  const number = (text: string): number => (text === "" ? NaN : Number(text));
  const requests = readCsv(path, ["arrival_s", "input_tokens", "output_tokens"]).map((row) => ({
    arrivalSeconds: number(row.arrival_s),
    inputTokens: number(row.input_tokens),
    outputTokens: number(row.output_tokens),
  }));
  checkRequests(requests);
  return requests;
}
