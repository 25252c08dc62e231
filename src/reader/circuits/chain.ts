import type { Chain } from "../../tasks/task.ts";
import { askRecords } from "../ask.ts";
import { scopedAll } from "../cache.ts";
import type { Setting } from "../cache.ts";
import type { Mechanism, Outcome } from "../reader.ts";
import { askFor, embedRecords } from "../record-cache.ts";

/**
 * Retrieval hop by hop, hop h on the reader's step h: each goes on from the nearest candidate that was not there before.
 * The conclusion is the path, its start left out.
 */
export function* chain(
  setting: Setting,
  { records, contextEnd, candidates, start, hops }: Chain,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces } = setting;
  const embedded = embedRecords(setting, records, features, [askFor(start)], contextEnd);
  const over = askRecords(setting, embedded, candidates);

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => {
      const { ask, trace } = over(mechanism);
      const path = [start];
      for (let hop = 0; hop < hops; hop++) {
        const from = path.at(-1)!;
        const batch = {
          name: `hop ${hop}`,
          asked: [askFor(from)],
          ids: embedded.ids.slice(2 * from, 2 * from + 2),
          positions: Int32Array.of(tokens - 1),
          step: hop,
        };
        path.push(ask(batch, ([row]) => nearest(row!, candidates, path)));
      }
      return { conclusion: path.slice(1), trace };
    });
  }
}

/** The candidate of the largest projection, of those that are not on the path. */
function nearest(projections: Float64Array, candidates: Int32Array, path: readonly number[]): number {
  let best = -1;
  projections.forEach((value, c) => {
    if ((best < 0 || value > projections[best]!) && !path.includes(candidates[c]!)) best = c;
  });
  return candidates[best]!;
}
