import type { Aggregate } from "../../tasks/task.ts";
import { askRecords } from "../ask.ts";
import { scopedAll } from "../cache.ts";
import type { Setting } from "../cache.ts";
import type { Mechanism, Outcome } from "../reader.ts";
import { largest } from "../readout.ts";
import { askFor, embedRecords } from "../record-cache.ts";

/**
 * One query matches every record equally, and the output is the superposition of what they hold: a candidate's projection
 * is its share of them. Every token of the question asks, each with residual noise of its own; the mean of their
 * projections is read.
 */
export function* aggregate(
  setting: Setting,
  { records, contextEnd, candidates, asked, answers }: Aggregate,
  features: readonly string[],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { tokens, spaces } = setting;
  const embedded = embedRecords(setting, records, features, [askFor(asked)], contextEnd);
  const over = askRecords(setting, embedded, candidates);
  const askers = tokens - 1 - contextEnd;
  const batch = {
    name: "aggregate",
    asked: Array.from({ length: askers }, () => askFor(asked)),
    ids: Uint32Array.from({ length: 2 * askers }, (_, i) => (i % 2 === 0 ? i / 2 : 0)),
    positions: Int32Array.from({ length: askers }, (_, i) => contextEnd + 1 + i),
    step: 0,
    // all of them ask the same
    traceEvery: Math.ceil(askers / 4),
  };

  for (const mechanism of mechanisms) {
    yield scopedAll(spaces, () => {
      const { ask, trace } = over(mechanism);
      const found = ask(batch, (rows) => largest(sumOf(rows), answers));
      return { conclusion: found.map((c) => candidates[c]!), trace };
    });
  }
}

function sumOf(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let c = 0; c < sum.length; c++) sum[c]! += row[c]!;
  return sum;
}
