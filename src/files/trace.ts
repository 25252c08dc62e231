import { UsageError } from "../core/errors.ts";
import { checkRequests } from "../hardware/serving/arrivals.ts";
import type { Request } from "../hardware/serving/arrivals.ts";
import { readCsv } from "./csv.ts";
import { readText } from "./files.ts";

/** Keys of a request, and how to read its arrival in seconds. */
interface TraceFormat {
  /** arrival, input tokens, output tokens */
  readonly keys: readonly [string, string, string];
  /** units of the arrival in a second */
  readonly perSecond: number;
}

const formats: readonly TraceFormat[] = [
  { keys: ["arrival_s", "input_tokens", "output_tokens"], perSecond: 1 },
  // kvcache-ai/Mooncake, https://github.com/kvcache-ai/Mooncake (FAST25-release/traces): timestamps in milliseconds
  { keys: ["timestamp", "input_length", "output_length"], perSecond: 1000 },
];

const expected =
  "a trace is CSV with the columns arrival_s, input_tokens, output_tokens, or a JSON object a line with these keys or " +
  "Mooncake's timestamp (milliseconds), input_length, output_length";

/**
 * Reads a trace of requests: CSV with the columns arrival_s, input_tokens and output_tokens, or a JSON object a line with
 * these keys or those of Mooncake's traces. Other columns and keys are left out. Arrivals count from the first request.
 *
 * @throws UsageError for a file that cannot be read, a key that is missing, or a value that is not a time or a count of
 *   tokens
 */
export function readTrace(path: string): Request[] {
  const text = readText(path);
  const requests = /^\s*[{[]/.test(text) ? readJsonTrace(path, text) : readCsvTrace(path);
  checkRequests(requests);
  const start = requests[0]!.arrivalSeconds;
  return requests.map((request) => ({ ...request, arrivalSeconds: request.arrivalSeconds - start }));
}

function readCsvTrace(path: string): Request[] {
  const number = (text: string): number => (text === "" ? NaN : Number(text));
  return readCsv(path, ["arrival_s", "input_tokens", "output_tokens"]).map((row) => ({
    arrivalSeconds: number(row.arrival_s),
    inputTokens: number(row.input_tokens),
    outputTokens: number(row.output_tokens),
  }));
}

function readJsonTrace(path: string, text: string): Request[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === "" ? [] : [requestOf(line, `${path}: line ${i + 1}`)]));
}

function requestOf(line: string, where: string): Request {
  const row = parsed(line);
  if (row === undefined) throw new UsageError(`${where} is no JSON object; ${expected}`);
  const format = formats.find(({ keys }) => keys.every((key) => key in row));
  if (format === undefined)
    throw new UsageError(`${where} has the keys ${Object.keys(row).join(", ")}; ${expected}`);
  const [arrivalSeconds, inputTokens, outputTokens] = format.keys.map((key) => {
    const value = row[key];
    if (typeof value !== "number")
      throw new UsageError(`${where}: ${key} must be a number; got ${JSON.stringify(value)}`);
    return value;
  }) as [number, number, number];
  return { arrivalSeconds: arrivalSeconds / format.perSecond, inputTokens, outputTokens };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
