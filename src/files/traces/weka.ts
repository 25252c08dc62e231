import { UsageError } from "../../core/errors.ts";
import { shownValue } from "../../core/json.ts";
import type { Request } from "../../hardware/serving/arrivals.ts";
import type { JsonRow, JsonTraceFormat } from "./format.ts";
import { integersOf, numberOf } from "./values.ts";

/** A call of a session, with its block numbers as they stand in the file. */
interface AgentCall {
  readonly seconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ids: readonly number[];
  readonly thinkSeconds: number | undefined;
}

/** Calls of a list of requests and of the lists nested in it, in the order of the file. */
function callsOf(requests: unknown, where: string): AgentCall[] {
  if (!Array.isArray(requests)) throw new UsageError(`${where}: requests must be a list`);
  return requests.flatMap((each: unknown, i): AgentCall[] => {
    const at = `${where}, request ${i + 1}`;
    if (typeof each !== "object" || each === null) throw new UsageError(`${at} is no JSON object`);
    const row = each as JsonRow;
    if (row.type === "subagent") return callsOf(row.requests, at);
    if (row.type !== "n" && row.type !== "s")
      throw new UsageError(`${at}: type must be n, s or subagent; got ${shownValue(row.type)}`);
    return [
      {
        seconds: numberOf(row, "t", at),
        inputTokens: numberOf(row, "in", at),
        outputTokens: numberOf(row, "out", at),
        ids: "hash_ids" in row ? integersOf(row, "hash_ids", at) : [],
        thinkSeconds: typeof row.think_time === "number" ? row.think_time : undefined,
      },
    ];
  });
}

/**
 * Sessions of coding agents in the format of Weka's kv-cache-tester, as InferenceX replays them: a JSON object a session,
 * with calls, nested lists of calls, and a number for each block of a prompt, which counts within the session. Times count
 * from the session's start, and sessions have no start of their own: all start at 0. Nested calls are taken in the order
 * of their times among the session's own. Calls without tokens in or out are no requests.
 *
 * ai-dynamo/aiperf df64ed7, src/aiperf/dataset/loader/weka_trace_models.py.
 */
export const weka: JsonTraceFormat = {
  name: "Weka",
  keys: ["id", "block_size", "requests"],
  requestsOf(row, where, line): Request[] {
    const tokens = numberOf(row, "block_size", where);
    if (!Number.isSafeInteger(tokens) || tokens < 1)
      throw new UsageError(`${where}: block_size must be an integer >= 1; got ${tokens}`);
    return callsOf(row.requests, where)
      .sort((a, b) => a.seconds - b.seconds)
      .filter(({ inputTokens, outputTokens }) => inputTokens > 0 && outputTokens > 0)
      .map(({ seconds, inputTokens, outputTokens, ids, thinkSeconds }) => ({
        arrivalSeconds: seconds,
        inputTokens,
        outputTokens,
        session: line,
        ...(thinkSeconds !== undefined && { thinkSeconds }),
        ...(ids.length > 0 && { blocks: { tokens, ids, scope: line } }),
      }));
  },
};
