import type { Retrieve } from "../../tasks/task.ts";
import { askRecords } from "../ask.ts";
import { scopedAll } from "../cache.ts";
import type { Setting } from "../cache.ts";
import type { Mechanism, Outcome } from "../reader.ts";
import { largest, projectionNoise, standingOut } from "../readout.ts";
import { embedRecords } from "../record-cache.ts";

/** Queries asked together, which bounds the memory that they take. */
const batchQueries = 128;

/** Queries that are traced of many, at most: weights of recurrent states take time. */
const tracedQueries = 64;

/** Independent queries; the conclusion is the answers of each, one query after another. */
export function* retrieve(
  setting: Setting,
  { records, contextEnd, candidates, asked, positions, answers }: Retrieve,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces, params } = setting;
  const embedded = embedRecords(setting, records, features, asked, contextEnd);
  const over = askRecords(setting, embedded, candidates);
  const noise = projectionNoise(params);
  const places = positions ?? new Int32Array(asked.length).fill(tokens - 1);
  const batches = Array.from({ length: Math.ceil(asked.length / batchQueries) }, (_, b) => {
    const [from, to] = [b * batchQueries, Math.min(asked.length, (b + 1) * batchQueries)];
    return {
      name: "retrieve",
      asked: asked.slice(from, to),
      ids: Uint32Array.from({ length: 2 * (to - from) }, (_, i) => (i % 2 === 0 ? from + i / 2 : 0)),
      positions: places.slice(from, to),
      step: 0,
      traceEvery: Math.ceil(asked.length / tracedQueries),
    };
  });
  const answersOf = (row: Float64Array): number[] =>
    answers === undefined ? standingOut(row, noise) : largest(row, answers);

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => {
      const { ask, trace } = over(mechanism);
      const found = batches.flatMap((batch) => ask(batch, (rows) => rows.flatMap(answersOf)));
      return { conclusion: found.map((c) => candidates[c]!), trace };
    });
  }
}
