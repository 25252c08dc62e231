import { UsageError } from "../core/errors.ts";
import type { NamedProblem } from "../tasks/named-problem.ts";
import type { TrialRow } from "../trial/columns.ts";
import { responseRow } from "../trial/response.ts";
import { readRows } from "./problems.ts";

/** Reads responses by id. @throws UsageError for a row without an id and a response, and for an id given twice */
async function readResponses(path: string): Promise<Map<string, string>> {
  const responses = new Map<string, string>();
  for (const [i, { id, response }] of (await readRows(path)).entries()) {
    if (typeof id !== "string" || typeof response !== "string")
      throw new UsageError(`${path}: line ${i + 1} must have the strings "id" and "response"`);
    if (responses.has(id)) throw new UsageError(`${path}: line ${i + 1} has the id "${id}" a second time`);
    responses.set(id, response);
  }
  return responses;
}

/** Rows of the problems that have a response, and ids of those that have none. */
export interface ScoredResponses {
  readonly rows: readonly TrialRow[];
  readonly unanswered: readonly string[];
}

/**
 * Scores the responses of a file to problems.
 *
 * @param model name of the model in the rows
 * @throws UsageError for a torn file, and for a response to a problem that is not among the given ones
 */
export async function scoreResponses(
  path: string,
  problems: AsyncIterable<NamedProblem>,
  model: string,
): Promise<ScoredResponses> {
  const responses = await readResponses(path);
  const rows: TrialRow[] = [];
  const unanswered: string[] = [];
  for await (const named of problems) {
    const response = responses.get(named.id);
    if (response === undefined) unanswered.push(named.id);
    else rows.push(responseRow(named, response, model));
    responses.delete(named.id);
  }
  if (responses.size > 0) throw new UsageError(strangersText(path, [...responses.keys()], unanswered));
  return { rows, unanswered };
}

function strangersText(path: string, strangers: readonly string[], unanswered: readonly string[]): string {
  const some = (ids: readonly string[]): string => ids.slice(0, 3).join(", ");
  const said = `${path} answers ${strangers.length} problems that were not given: ${some(strangers)}`;
  return unanswered.length === 0 ? said : `${said}; without a response: ${some(unanswered)}`;
}
