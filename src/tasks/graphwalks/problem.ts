import type { GraphWalk, RecordSet } from "../circuit.ts";
import type { Problem } from "../task.ts";
import { rowOfProblem } from "../parts/dataset-row.ts";
import type { LoadedRow } from "../parts/dataset-row.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { answerOf } from "./graph.ts";
import type { DirectedGraph, GraphOperation } from "./graph.ts";
import type { GraphPrompt } from "./prompt.ts";
import { scoreAnswer } from "./score.ts";
import type { Scoring } from "./score.ts";

/**
 * Counts where each edge's line and its target stand, in tokens. The anchor is the last token of the target's id, where all of the edge
 * has been seen; the line break after it belongs to no record.
 *
 * Counts add up exactly: a line is its source, " ->", a blank with the target, and a line break, and no token spans two
 * of these (ids are letters and digits).
 *
 * @param head tokens before the first line
 */
function edgeSpans(
  { nodes, from, to }: DirectedGraph,
  head: number,
  count: CountTokens,
): Pick<RecordSet, "start" | "anchor"> & { readonly target: Int32Array } {
  const sourceTokens = Int32Array.from(nodes, (id) => count(id));
  const targetTokens = Int32Array.from(nodes, (id) => count(` ${id}`));
  const arrow = count(" ->");
  const lineBreak = count("\n");
  const start = new Int32Array(from.length);
  const target = new Int32Array(from.length);
  const anchor = new Int32Array(from.length);
  let at = head;
  for (let e = 0; e < from.length; e++) {
    start[e] = at;
    target[e] = at + sourceTokens[from[e]!]! + arrow;
    at = target[e]! + targetTokens[to[e]!]!;
    anchor[e] = at - 1;
    at += lineBreak;
  }
  return { start, target, anchor };
}

/**
 * The circuit of an operation. An edge's anchor is found by one end of the edge and tells the other. The tokens of a target
 * come after their source and spell the answer of a search; those of a source come before their target and cannot.
 */
function circuitOf(
  graph: DirectedGraph,
  operation: GraphOperation,
  head: number,
  count: CountTokens,
): GraphWalk {
  const { nodes, from, to } = graph;
  const bfs = operation.kind === "bfs";
  const { target, ...spans } = edgeSpans(graph, head, count);
  return {
    kind: "graph-walk",
    records: {
      count: from.length,
      ...spans,
      ...(bfs && { spelled: { from: target, to: spans.anchor.map((last) => last + 1) } }),
      key: [{ weight: 1, features: bfs ? from : to }],
      value: bfs ? to : from,
    },
    candidates: Int32Array.from(nodes, (_, node) => node),
    start: operation.node,
    hops: bfs ? operation.depth : 1,
  };
}

/** Text of an answer. */
export const finalAnswer = (nodes: readonly string[]): string => `Final Answer: [${nodes.join(", ")}]`;

/** Makes a problem of a prompt and what it says. */
export function graphwalksProblem(
  { parts, graph, operation }: GraphPrompt,
  scoring: Scoring,
  count: CountTokens,
  loaded?: LoadedRow,
): Problem {
  const prompt = parts.head + parts.edges + parts.tail;
  const truth = answerOf(graph, operation).map((node) => graph.nodes[node]!);
  const circuit = circuitOf(graph, operation, count(parts.head), count);
  const edgesEnd = circuit.records.anchor.at(-1)! + 1;
  return {
    messages: [{ role: "user", content: prompt }],
    tokens: edgesEnd + count(parts.tail),
    features: graph.nodes.map((id) => `node:${id}`),
    circuit,
    answer: finalAnswer(truth),
    respond: (conclusion) => finalAnswer(conclusion.map((node) => graph.nodes[node]!)),
    score: (response) => scoreAnswer(response, truth, scoring),
    ...rowOfProblem(loaded, () => ({
      prompt,
      answer_nodes: truth,
      prompt_chars: Array.from(prompt).length,
      problem_type: operation.kind,
    })),
  };
}
