import type { Random } from "../../core/random.ts";
import { md5 } from "./md5.ts";

/** A list of directed edges, with self-loops and repeats: edge e goes from nodes[from[e]] to nodes[to[e]]. */
export interface DirectedGraph {
  readonly nodes: readonly string[];
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** A question about a graph. */
export type GraphOperation =
  | { readonly kind: "bfs"; readonly node: number; readonly depth: number }
  | { readonly kind: "parents"; readonly node: number };

/** The id that the public dataset gives its i-th node: the first ten hexadecimal digits of md5("i"). */
export const nodeId = (i: number): string => md5(String(i)).slice(0, 10);

/** Edges of a problem of a nominal size, fitted to rows of the public dataset: 68.3 a thousand tokens, less 21.6. */
export const edgesOf = (tokens: number): number => Math.round((68.3 * tokens) / 1000 - 21.6);

/**
 * Draws a graph as the public dataset does: every node has `degree` edges, listed by source, to targets drawn uniformly
 * with replacement.
 */
export function drawGraph(nodes: number, degree: number, random: Random): DirectedGraph {
  const from = new Int32Array(nodes * degree);
  const to = new Int32Array(nodes * degree);
  for (let e = 0; e < from.length; e++) {
    from[e] = Math.floor(e / degree);
    to[e] = random.below(nodes);
  }
  return { nodes: Array.from({ length: nodes }, (_, i) => nodeId(i)), from, to };
}

/** Distinct nodes with an edge to the given one, itself left out, ascending. */
function parents({ from, to }: DirectedGraph, node: number): number[] {
  const found = new Set<number>();
  to.forEach((target, e) => {
    if (target === node) found.add(from[e]!);
  });
  found.delete(node);
  return [...found].sort((a, b) => a - b);
}

/** Nodes first reached after exactly `depth` steps, in the order in which they are reached. */
function frontierAt({ nodes, from, to }: DirectedGraph, start: number, depth: number): number[] {
  const targets: number[][] = nodes.map(() => []);
  from.forEach((source, e) => targets[source]!.push(to[e]!));
  const visited = new Set([start]);
  let frontier = [start];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    const next: number[] = [];
    for (const target of frontier.flatMap((node) => targets[node]!)) {
      if (visited.has(target)) continue;
      visited.add(target);
      next.push(target);
    }
    frontier = next;
  }
  return depth === 0 ? [] : frontier;
}

/** Nodes that an operation results in, often none. The node asked about is never among them. */
export const answerOf = (graph: DirectedGraph, operation: GraphOperation): number[] =>
  operation.kind === "bfs"
    ? frontierAt(graph, operation.node, operation.depth)
    : parents(graph, operation.node);
