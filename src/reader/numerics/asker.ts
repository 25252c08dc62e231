import type { KeyValueCache } from "../../attention/cache.ts";
import { unmeasured } from "../../core/profile.ts";
import type { Projections } from "../reading.ts";
import { projectionNoise } from "../readout.ts";
import type { Mechanism } from "./mechanism.ts";
import { project } from "./project.ts";
import type { Candidates } from "./project.ts";
import { makeQueries } from "./queries.ts";
import type { IdealQueries } from "./queries.ts";
import { readOften } from "./read-often.ts";
import type { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** A cache, one mechanism that attends to it, and what its outputs are projected on. */
export interface Asker {
  readonly workspace: Workspace;
  readonly cache: KeyValueCache;
  readonly mechanism: Mechanism;
  readonly candidates: Candidates;
  /** takes note of what the queries see */
  readonly trace: Trace;
  /** Names a candidate: what an answer says. */
  readonly nameOf: (candidate: number) => string;
}

/** A batch of decode queries. */
export interface Batch extends Omit<IdealQueries, "phase"> {
  /** for each query the positions that it should read; undefined for a query that is counted and not looked at */
  readonly gold: readonly (readonly number[] | undefined)[];
  /** Names a query of the batch: what it asks for. */
  readonly nameOf: (query: number) => string;
}

/**
 * Prepares a mechanism to be asked: queries, attention, residual noise, projections on the candidates, readout of each
 * query.
 */
export function askerOf({
  workspace,
  cache,
  mechanism,
  candidates,
  trace,
  nameOf: nameOfCandidate,
}: Asker): <T>(batch: Batch, readOut: (answer: Projections) => T) => T[] {
  const { over, measure = unmeasured, watch } = mechanism;
  const attend = over(cache);
  const { features } = candidates;
  const common = { candidates: features, total: features.length, noise: projectionNoise(workspace.params) };
  return ({ gold, nameOf, ...batch }, readOut) => {
    const { name, ids } = batch;
    const outputs = readOften(workspace.params, {
      name,
      queries: (read) => makeQueries(workspace, { ...batch, name: read, phase: "decode" }),
      attend,
      see(result, queries, read, times) {
        if (result.heads.length !== cache.heads.length)
          throw new Error(`a result of ${result.heads.length} heads, not ${cache.heads.length}`);
        measure("score", () => trace.add({ cache, queries, result, gold, times, read, nameOf }));
      },
    });
    return measure("decode", () => {
      const answers = project(workspace, { name, outputs, ids }, candidates).map((values): Projections => ({
        ...common,
        values,
      }));
      watch?.answered?.(answers, nameOfCandidate);
      return answers.map(readOut);
    });
  };
}
