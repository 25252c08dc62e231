import { UsageError } from "../core/errors.ts";
import { isObject, parseJson } from "../core/json.ts";
import { checkRequests } from "../hardware/serving/arrivals.ts";
import type { Request } from "../hardware/serving/arrivals.ts";
import { parseCsv } from "./csv-text.ts";
import { readText } from "./files.ts";
import { csvFormats, jsonFormats } from "./traces/all.ts";
import type { JsonRow } from "./traces/format.ts";

/** Requests of a file. */
export interface RequestTrace {
  /** name of its format */
  readonly format: string;
  readonly requests: readonly Request[];
  /** rows that are no requests: those without tokens */
  readonly leftOut: number;
}

const expected =
  "a trace is CSV with the columns arrival_s, input_tokens, output_tokens, those of Azure (TIMESTAMP, ContextTokens, " +
  "GeneratedTokens) or of BurstGPT (Timestamp, Model, Request tokens, Response tokens), or a JSON object a line with the keys " +
  "arrival_s, input_tokens, output_tokens, those of Mooncake (timestamp (milliseconds), input_length, output_length, " +
  "hash_ids) or of Weka's sessions (id, block_size, requests)";

/**
 * Reads a trace of requests in the format whose columns or keys it has (`traces/`). Other columns and keys are left out.
 * Arrivals count from the first request. Requests of sessions are put in the order of their times.
 *
 * @throws UsageError for a file that cannot be read, of no format, or with a value that is not a time or a count of
 *   tokens
 */
export function readTrace(path: string): RequestTrace {
  const text = readText(path);
  const { requests, ...trace } = /^\s*[{[]/.test(text) ? jsonTrace(path, text) : csvTrace(path, text);
  const ordered = requests.some(({ session }) => session !== undefined)
    ? requests.toSorted((a, b) => a.arrivalSeconds - b.arrivalSeconds)
    : requests;
  checkRequests(ordered, path);
  const start = ordered[0]!.arrivalSeconds;
  return {
    ...trace,
    requests: ordered.map((request) => ({ ...request, arrivalSeconds: request.arrivalSeconds - start })),
  };
}

function csvTrace(path: string, text: string): RequestTrace {
  const rows = parseCsv<string>(text, path, []);
  const found = Object.keys(rows[0] ?? {});
  const format = csvFormats.find(({ columns }) => columns.every((column) => found.includes(column)));
  if (format === undefined) throw new UsageError(`${path} has the columns ${found.join(", ")}; ${expected}`);
  const requests = rows.flatMap((row, i) => {
    const request = format.requestOf(row);
    if (request === undefined) return [];
    const { arrivalSeconds, inputTokens, outputTokens } = request;
    if (![arrivalSeconds, inputTokens, outputTokens].some(Number.isNaN)) return [request];
    const cells = format.columns.map((column) => `${column} ${JSON.stringify(row[column])}`);
    throw new UsageError(
      `${path}: row ${i + 1} is no request: it needs a time and counts of tokens; got ${cells.join(", ")}`,
    );
  });
  return { format: format.name, requests, leftOut: rows.length - requests.length };
}

function jsonTrace(path: string, text: string): RequestTrace {
  let name = "";
  const requests = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${path}: line ${i + 1}`;
    const row = parsed(line);
    if (row === undefined) throw new UsageError(`${where} is no JSON object; ${expected}`);
    const format = jsonFormats.find(({ keys }) => keys.every((key) => key in row));
    if (format === undefined)
      throw new UsageError(`${where} has the keys ${Object.keys(row).join(", ")}; ${expected}`);
    name ||= format.name;
    return format.requestsOf(row, where, i);
  });
  return { format: name, requests, leftOut: 0 };
}

function parsed(line: string): JsonRow | undefined {
  try {
    const value = parseJson(line, "the line");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
