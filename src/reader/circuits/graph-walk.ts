import type { GraphWalk } from "../../tasks/circuit.ts";
import type { Reading } from "../reading.ts";
import { standingOut } from "../readout.ts";

/** A frontier larger than this is noise that feeds on itself; the reader stops and answers with it. */
const maxFrontier = 1000;

/**
 * Walks a graph hop by hop, hop h on the reader's step h: every node of the frontier asks for the other ends of its
 * edges, and those that stand out and are new are the next frontier. The last frontier is the conclusion.
 */
export const graphWalk = (reading: Reading, circuit: Pick<GraphWalk, "start" | "hops">): number[] =>
  walkHops(circuit, (frontier, hop) => reading.ask(frontier, hop, standingOut).flat());

/** Walks a graph hop by hop. @param find the other ends of a frontier's edges, as far as they are found */
export function walkHops(
  { start, hops }: Pick<GraphWalk, "start" | "hops">,
  find: (frontier: ReadonlySet<number>, hop: number) => readonly number[],
): number[] {
  const visited = new Set([start]);
  let frontier = new Set([start]);
  for (let hop = 0; hop < hops && frontier.size > 0 && frontier.size <= maxFrontier; hop++) {
    const found = find(frontier, hop);
    frontier = new Set(found.filter((node) => !visited.has(node)));
    for (const node of frontier) visited.add(node);
  }
  return [...frontier].sort((a, b) => a - b);
}
