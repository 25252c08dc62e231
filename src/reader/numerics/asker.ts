import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import type { AttentionResult } from "../../attention/read.ts";
import { unmeasured } from "../../core/profile.ts";
import { flat } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
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
  /** heads that rest while others read; default: none */
  readonly idle?: IdleHeads | undefined;
}

/** Heads that have nothing to find. They rest on a token without content, and write what they read without it. */
export interface IdleHeads {
  /** factor on what such a head writes: the root of their number for each head that reads, as they agree by chance alone */
  readonly factor: number;
  /** Queries of one of them in each kv head, asked by turns. */
  readonly queries: (step: number) => Queries;
  /** Outputs of these queries with dense attention, which a model is trained with: per kv head the rows of (Q, d). */
  readonly usual: (step: number) => readonly Float32Array[];
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
  idle,
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
    if (idle) disturb(outputs, idle, batch.step, attend(idle.queries(batch.step)));
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

/** Adds what idle heads write other than usual to outputs, in place, by turns. @param outputs per kv head (Q, d) */
function disturb(
  outputs: readonly Tensor[],
  { factor, usual }: IdleHeads,
  step: number,
  { heads }: AttentionResult,
): void {
  outputs.forEach((output, h) => {
    const [own, idle, dense] = [flat(output), flat(heads[h]!.output), usual(step)[h]!];
    for (let at = 0; at < own.length; at++) {
      const from = at % dense.length;
      own[at]! += factor * (idle[from]! - dense[from]!);
    }
  });
}
