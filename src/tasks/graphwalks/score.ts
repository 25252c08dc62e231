import type { Score } from "../task.ts";

/** Ways to read and score a response. */
export const scorings = ["f1", "card-literal", "card-2026", "lm-eval", "lm-eval-flexible"] as const;

export type Scoring = (typeof scorings)[number];

const items = (list: string): string[] =>
  list
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const lastLine = (text: string): string => text.slice(text.lastIndexOf("\n") + 1);

/** Nodes of `Final Answer: [...]` in the last line that is not blank; undefined without one. */
export function readAnswer(response: string): string[] | undefined {
  const list = /Final Answer:\s*\[(.*)\]/.exec(lastLine(response.trimEnd()))?.[1];
  return list === undefined ? undefined : items(list);
}

/**
 * Reads an answer as the parser of the dataset's card does, to the letter. It strips brackets from a match that still
 * holds "Final Answer: [", so that the first node never matches, and an empty list is read as the node "Final Answer:".
 */
function readAsCard(response: string): string[] | undefined {
  const match = /Final Answer: ?\[.*\]/.exec(lastLine(response))?.[0];
  return match === undefined ? undefined : items(match.replace(/^[[\]]+|[[\]]+$/g, ""));
}

/**
 * Reads an answer as the present card does: any list in brackets, if the last line says "Final Answer:". Marks of emphasis
 * may stand between the two.
 */
function readAsPresentCard(response: string): string[] | undefined {
  const line = lastLine(response);
  const match = line.includes("Final Answer:") ? /\[.*\]/.exec(line)?.[0] : undefined;
  return match === undefined ? undefined : items(match.replace(/^[[\]]+|[[\]]+$/g, ""));
}

/**
 * Reads an answer as lm-evaluation-harness does (tasks/graphwalks/utils.py): without quotes around nodes, and empty if
 * there is none.
 *
 * @param flexible takes the last line with an answer, wherever it stands, and not the last line alone
 */
function readAsHarness(response: string, flexible: boolean): string[] {
  const lines = response.replace(/\n+$/, "").split("\n");
  const answers = (flexible ? lines : lines.slice(-1)).flatMap(
    (line) => /Final Answer:\s*\[(.*)\]/.exec(line)?.[1] ?? [],
  );
  return items(answers.at(-1) ?? "").map((item) => item.replace(/^['"]+|['"]+$/g, ""));
}

const same = (given: ReadonlySet<string>, truth: ReadonlySet<string>): boolean =>
  given.size === truth.size && [...truth].every((node) => given.has(node));

/** 2PR / (P + R) of two sets; `disjoint` for two that share nothing. */
function f1(given: ReadonlySet<string>, truth: ReadonlySet<string>, disjoint: number): number {
  const shared = [...given].filter((node) => truth.has(node)).length;
  if (shared === 0) return disjoint;
  const [precision, recall] = [shared / given.size, shared / truth.size];
  return (2 * (recall * precision)) / (recall + precision);
}

/**
 * Scores a response against the right nodes.
 * - `f1`: F1 of the two sets; 1 if both are empty, 0 if there is no answer to read.
 * - `card-literal`: the dataset card's parser and formula, bugs kept: any answer it can read that shares no node with
 *   the truth scores 1.
 * - `card-2026`: the present card's parser; scored like `f1`.
 * - `lm-eval`: f1 of lm-evaluation-harness: 0 if both are empty.
 * - `lm-eval-flexible`: its flexible_f1: the last line with an answer, wherever it stands.
 */
export function scoreAnswer(response: string, nodes: readonly string[], scoring: Scoring): Score {
  const truth = new Set(nodes);
  const readable = readAnswer(response);
  const right = new Set(readable);
  const exact = readable !== undefined && same(right, truth);
  switch (scoring) {
    case "f1":
      if (readable === undefined) return { score: 0, exact };
      return { score: f1(right, truth, right.size + truth.size === 0 ? 1 : 0), exact };
    case "card-literal": {
      const given = readAsCard(response);
      return { score: given === undefined ? 0 : f1(new Set(given), truth, 1), exact };
    }
    case "card-2026": {
      const given = readAsPresentCard(response);
      const read = new Set(given);
      return {
        score: given === undefined ? 0 : f1(read, truth, read.size + truth.size === 0 ? 1 : 0),
        exact: given !== undefined && same(read, truth),
      };
    }
    case "lm-eval":
    case "lm-eval-flexible": {
      const read = new Set(readAsHarness(response, scoring === "lm-eval-flexible"));
      return { score: f1(read, truth, 0), exact: exact || (read.size > 0 && same(read, truth)) };
    }
  }
}
