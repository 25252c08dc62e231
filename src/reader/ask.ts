import { unmeasured } from "../core/profile.ts";
import type { Tensor } from "../core/tensor.ts";
import { makeQueries } from "./cache.ts";
import type { Setting } from "./cache.ts";
import type { Mechanism } from "./reader.ts";
import { candidatesOf, project } from "./readout.ts";
import { readOften } from "./reads.ts";
import type { Asked, RecordCache } from "./record-cache.ts";
import { Trace } from "./trace.ts";

/** A batch of queries at records. */
export interface Batch {
  /** names the batch's noise, together with the ids */
  readonly name: string;
  readonly asked: readonly Asked[];
  /** (2 Q) names of the queries to the generator */
  readonly ids: Uint32Array;
  /** (Q) token at which each stands */
  readonly positions: Int32Array;
  /** which step of the reader it is */
  readonly step: number;
  /** every so many-th query is traced; all when absent */
  readonly traceEvery?: number;
}

/** A mechanism over a cache of records: every batch it is asked is traced, and read out. */
export interface Asking {
  readonly trace: Trace;
  /** The projections on the candidates, a row a query, in what `readOut` makes of them. */
  ask<T>(batch: Batch, readOut: (rows: readonly Float64Array[]) => T): T;
}

/**
 * What every circuit over records does: queries, attention, residual noise, projections on candidates.
 *
 * @param candidates features that a readout may answer with
 */
export function askRecords(
  setting: Setting,
  embedded: RecordCache,
  candidates: ArrayLike<number>,
): (mechanism: Mechanism) => Asking {
  const { cache, anchors } = embedded;
  const answers = candidatesOf(embedded.candidates(candidates));

  return ({ over, measure = unmeasured }) => {
    const attend = over(cache);
    const trace = new Trace();
    return {
      trace,
      ask({ name, asked, ids, positions, step, traceEvery = 1 }, readOut) {
        const gold = asked.map((terms, i) =>
          i % traceEvery === 0 ? terms.flatMap(({ feature }) => anchors[feature]!) : undefined,
        );
        const ideal = embedded.ideal(asked);
        const outputs = readOften(
          setting.params,
          name,
          (read) => makeQueries(setting, read, ideal, ids, positions, "decode", step),
          attend,
          (result, group, times) => {
            if (result.heads.length !== cache.heads.length)
              throw new Error(`a result of ${result.heads.length} heads, not ${cache.heads.length}`);
            measure("score", () => trace.add(result, group, gold, times));
          },
        );
        return measure("decode", () => readOut(projections(outputs, asked.length, name, ids)));
      },
    };
  };

  function projections(
    outputs: readonly Tensor[],
    count: number,
    name: string,
    ids: Uint32Array,
  ): Float64Array[] {
    const all = project(setting, name, outputs, answers, ids);
    const width = candidates.length;
    return Array.from({ length: count }, (_, i) => all.subarray(i * width, (i + 1) * width));
  }
}
