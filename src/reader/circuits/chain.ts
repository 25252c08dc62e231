import type { Chain } from "../../tasks/circuit.ts";
import type { Reading } from "../reading.ts";
import { nearest } from "../readout.ts";

/**
 * Follows records hop by hop, hop h on the reader's step h: each hop asks for what the last one was answered with, and
 * goes on to the nearest candidate that is not on the path. The path, its start left out, is the conclusion.
 */
export function chain(reading: Reading, { start, hops }: Pick<Chain, "start" | "hops">): number[] {
  const path = [start];
  for (let hop = 0; hop < hops; hop++)
    path.push(...reading.ask([path.at(-1)!], hop, (answer) => nearest(answer, path)));
  return path.slice(1);
}
