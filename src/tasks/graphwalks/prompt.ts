import { UsageError } from "../../core/errors.ts";
import type { DirectedGraph, GraphOperation } from "./graph.ts";

/** Texts by which a prompt asks for breadth-first search. */
export const wordings = ["original", "exact-depth"] as const;

type Wording = (typeof wordings)[number];

/**
 * `original` is the dataset's text of 2025-04-12. `exact-depth` says that nodes of smaller depth do not count: the
 * sentence of the rows of 2026-02-27, with the operation as the Claude Opus 4.6 system card (2.18.2) puts it.
 */
const breadthFirst: Record<Wording, string> = {
  original: "only return the nodes that are reachable at that depth, do not return the starting node",
  "exact-depth":
    "only return the nodes that are both reachable and exactly at that depth (not nodes at intermediate depths), and do not return the starting node",
};

const head = (wording: Wording): string => `\
You will be given a graph as a list of directed edges. All nodes are at least degree 1. You will also get a description of an operation to perform on the graph.
Your job is to execute the operation on the graph and return the set of nodes that the operation results in. If asked for a breadth-first search (BFS), ${breadthFirst[wording]}. If asked for the parents of a node, only return the nodes that have an edge leading to the given node, do not return the given node itself.

Here is an example:
<begin example>

The graph has the following edges:
uvwx -> alke
abcd -> uvwx
abcd -> efgh
efgh -> uvwx

Example 1:
Operation:
Perform a BFS from node abcd with depth 1.
Final Answer: [uvwx, efgh]

Example 2:
Operation:
Perform a BFS from node alke with depth 1.
Final Answer: []

Example 3:
Operation:
Find the parents of node uvwx.
Final Answer: [abcd, efgh]

Example 4:
Operation:
Find the parents of node abcd.
Final Answer: []

<end example>
Here is the graph to operate on:
The graph has the following edges:
`;

const tail = (operation: string): string => `


Operation:
${operation}

You should immediately return the set of nodes that the operation results in, with no additional text. Return your final answer as a list of nodes in the very last line of your response. For example, if the operation returns the set of nodes [node1, node2, node3], your response should be:
Final Answer: [node1, node2, node3]
If the operation returns the empty set, your response should be:
Final Answer: []
`;

function operationText({ nodes }: DirectedGraph, operation: GraphOperation, wording: Wording): string {
  const node = nodes[operation.node]!;
  if (operation.kind === "parents") return `Find the parents of node ${node}.`;
  return wording === "original"
    ? `Perform a BFS from node ${node} with depth ${operation.depth}.`
    : `Perform a BFS from node ${node} and return only the nodes at exactly depth ${operation.depth} (not nodes at intermediate depths).`;
}

/** A prompt in three parts. */
interface PromptParts {
  /** text before the first edge */
  readonly head: string;
  /** the edges' lines */
  readonly edges: string;
  /** text behind the last edge's target */
  readonly tail: string;
}

/** A prompt, with the graph and the operation that it gives. */
export interface GraphPrompt {
  readonly parts: PromptParts;
  readonly graph: DirectedGraph;
  readonly operation: GraphOperation;
}

/** Writes the prompt of a problem as the public dataset does. */
export function writePrompt(graph: DirectedGraph, operation: GraphOperation, wording: Wording): PromptParts {
  const { nodes, from, to } = graph;
  const lines = Array.from(from, (source, e) => `${nodes[source]!} -> ${nodes[to[e]!]!}`);
  return {
    head: head(wording),
    edges: lines.join("\n"),
    tail: tail(operationText(graph, operation, wording)),
  };
}

const announcement = "The graph has the following edges:\n";
const edgeLine = /^([0-9A-Za-z]+) -> ([0-9A-Za-z]+)$/;
const bfsText = /^Perform a BFS from node (\S+) (?:with|and return only the nodes at exactly) depth (\d+)\b/;
const parentsText = /^Find the parents of node (\S+?)\.?$/;

const malformed = (reason: string): UsageError => new UsageError(`not a graphwalks prompt: ${reason}`);

/**
 * Reads the last graph of a prompt and the operation after it, from the text alone.
 *
 * @throws UsageError for another text
 */
export function readPrompt(prompt: string): GraphPrompt {
  const announced = prompt.lastIndexOf(announcement);
  if (announced < 0) throw malformed(`no line ${JSON.stringify(announcement.trim())}`);
  const start = announced + announcement.length;
  const asked = prompt.indexOf("\nOperation:\n", start);
  if (asked < 0) throw malformed('no "Operation:" after the edges');
  const edges = prompt.slice(start, asked).trimEnd();
  const end = start + edges.length;

  const index = new Map<string, number>();
  const nodeAt = (id: string): number => {
    const known = index.get(id) ?? index.size;
    index.set(id, known);
    return known;
  };
  const lines = edges.split("\n");
  const from = new Int32Array(lines.length);
  const to = new Int32Array(lines.length);
  lines.forEach((line, e) => {
    const match = edgeLine.exec(line);
    if (match === null)
      throw malformed(
        `line ${e + 1} of its edges is ${JSON.stringify(line.slice(0, 60))}, not "node -> node"`,
      );
    from[e] = nodeAt(match[1]!);
    to[e] = nodeAt(match[2]!);
  });

  const line = prompt.slice(asked).split("\n")[2]!;
  const bfs = bfsText.exec(line);
  const id = bfs?.[1] ?? parentsText.exec(line)?.[1];
  if (id === undefined) throw malformed(`unknown operation ${JSON.stringify(line.slice(0, 80))}`);
  const node = index.get(id);
  if (node === undefined) throw malformed(`its operation asks about ${id}, which no edge names`);
  return {
    parts: { head: prompt.slice(0, start), edges, tail: prompt.slice(end) },
    graph: { nodes: [...index.keys()], from, to },
    operation: bfs === null ? { kind: "parents", node } : { kind: "bfs", node, depth: Number(bfs[2]) },
  };
}
