import type { GraphWalk } from "../../tasks/task.ts";
import { askRecords } from "../ask.ts";
import type { Asking } from "../ask.ts";
import { scopedAll } from "../cache.ts";
import type { Setting } from "../cache.ts";
import type { Mechanism, Outcome } from "../reader.ts";
import { projectionNoise, standingOut } from "../readout.ts";
import { askFor, embedRecords } from "../record-cache.ts";

/** A frontier larger than this is noise that feeds on itself; the reader stops and answers with it. */
export const maxFrontier = 1000;

/** Set readout hop by hop: builds the cache once, then walks it with each mechanism. */
export function* graphWalk(
  setting: Setting,
  circuit: GraphWalk,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces, params } = setting;
  const embedded = embedRecords(setting, circuit.records, features, [askFor(circuit.start)]);
  const { ids } = embedded;
  const over = askRecords(setting, embedded, circuit.candidates);
  const noise = projectionNoise(params);

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => walk(over(mechanism)));
  }

  function walk({ ask, trace }: Asking): Outcome {
    const visited = new Set<number>([circuit.start]);
    let frontier = [circuit.start];
    for (let hop = 0; hop < circuit.hops && frontier.length > 0 && frontier.length <= maxFrontier; hop++) {
      const batch = {
        name: `hop ${hop}`,
        asked: frontier.map(askFor),
        ids: Uint32Array.from(frontier.flatMap((node) => [ids[2 * node]!, ids[2 * node + 1]!])),
        positions: new Int32Array(frontier.length).fill(tokens - 1),
        step: hop,
      };
      const accepted = ask(batch, (rows) => new Set(rows.flatMap((row) => standingOut(row, noise))));
      frontier = [...accepted]
        .map((c) => circuit.candidates[c]!)
        .filter((node) => !visited.has(node))
        .sort((a, b) => a - b);
      for (const node of frontier) visited.add(node);
    }
    return { conclusion: frontier, trace };
  }
}
