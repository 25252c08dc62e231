import type { Retrieve } from "../tasks/task.ts";
import { askRecords } from "./ask.ts";
import { scopedAll } from "./cache.ts";
import type { Setting } from "./cache.ts";
import type { Mechanism, Outcome } from "./reader.ts";
import { largest, projectionNoise, standingOut } from "./readout.ts";
import { embedRecords } from "./record-cache.ts";

/** One batch of queries; the conclusion is the answers of each, one query after another. */
export function* retrieve(
  setting: Setting,
  { records, contextEnd, candidates, asked, answers }: Retrieve,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces, params } = setting;
  const embedded = embedRecords(setting, records, features, asked, contextEnd);
  const over = askRecords(setting, embedded, candidates);
  const noise = projectionNoise(params);
  const batch = {
    name: "retrieve",
    asked,
    ids: Uint32Array.from(asked.flatMap((_, i) => [i, 0])),
    positions: new Int32Array(asked.length).fill(tokens - 1),
    step: 0,
  };
  const answersOf = (row: Float64Array): number[] =>
    answers === undefined ? standingOut(row, noise) : largest(row, answers);

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => {
      const { ask, trace } = over(mechanism);
      const places = ask(batch, (rows) => rows.flatMap(answersOf));
      return { conclusion: places.map((c) => candidates[c]!), trace };
    });
  }
}
