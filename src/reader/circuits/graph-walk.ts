import type { GraphWalk } from "../../tasks/circuit.ts";
import type { Reading } from "../reading.ts";
import { standingOut } from "../readout.ts";

/** A frontier larger than this is noise that feeds on itself; the reader stops and answers with it. */
const maxFrontier = 1000;

/**
 * Walks a graph hop by hop, hop h on the reader's step h: every node of the frontier asks for the other ends of its
 * edges, and those that stand out and are new are the next frontier. The last frontier is the conclusion.
 *
 * @returns nodes in ascending order
 */
export const graphWalk = (reading: Reading, circuit: Pick<GraphWalk, "start" | "hops">): number[] =>
  walkHops(circuit, endsBy(reading)).sort((a, b) => a - b);

/** Finds the other ends of a frontier's edges. */
type FindEnds = (frontier: readonly number[], hop: number) => readonly number[];

/** Finds the ends that stand out in a reading. */
export const endsBy =
  (reading: Reading): FindEnds =>
  (frontier, hop) => {
    const found: number[] = [];
    reading.ask(frontier, hop, (answer) => {
      for (const node of standingOut(answer)) found.push(node);
    });
    return found;
  };

/** Walks a graph hop by hop. @returns the last frontier, in the order in which its nodes were found */
export function walkHops({ start, hops }: Pick<GraphWalk, "start" | "hops">, find: FindEnds): number[] {
  const visited = new Set([start]);
  let frontier = [start];
  for (let hop = 0; hop < hops && frontier.length > 0 && frontier.length <= maxFrontier; hop++) {
    const found = find(frontier, hop);
    frontier = [];
    for (const node of found) {
      const before = visited.size;
      visited.add(node);
      if (visited.size > before) frontier.push(node);
    }
  }
  return frontier;
}
