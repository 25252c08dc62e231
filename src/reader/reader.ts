import type { AttentionResult } from "../attention/read.ts";
import type { KeyValueCache, Queries } from "../attention/cache.ts";
import { unmeasured } from "../core/profile.ts";
import type { Measure } from "../core/profile.ts";
import type { Ops } from "../engines/ops.ts";
import type { Problem } from "../tasks/task.ts";
import { aggregate } from "./circuits/aggregate.ts";
import { headSpaces } from "./cache.ts";
import type { Setting } from "./cache.ts";
import { chain } from "./circuits/chain.ts";
import { countRetrieve } from "./circuits/count-retrieve.ts";
import { graphWalk } from "./circuits/graph-walk.ts";
import type { ReaderParams } from "./params.ts";
import { prefillError } from "./prefill-error.ts";
import { retrieve } from "./circuits/retrieve.ts";
import type { Trace } from "./trace.ts";

/** An attention variant at work. */
export interface Mechanism {
  /** Makes it ready for a cache. What it builds for the cache lives in the heads' spaces. */
  readonly over: (cache: KeyValueCache) => Attend;
  /** measures what the reader does for this mechanism alone */
  readonly measure?: Measure;
}

export type Attend = (queries: Queries) => AttentionResult;

/** What the reader concluded with one mechanism. */
export interface Outcome {
  /** features, for `Problem.respond`; of a prefill the error */
  readonly conclusion: readonly number[];
  readonly trace: Trace;
}

/**
 * Reads a problem with each mechanism in turn; the caches are built once and shared by all of them.
 *
 * @param seed name of the trial's random streams: the same name gives the same keys, values and noise
 * @param measure measures what the mechanisms share
 */
export function read(
  problem: Problem,
  params: ReaderParams,
  ops: Ops,
  seed: string,
  mechanisms: readonly Mechanism[],
  measure = unmeasured,
): Generator<Outcome> {
  const { circuit, features, tokens } = problem;
  const setting: Setting = { ops, params, seed, tokens, spaces: headSpaces(ops, params.kvHeads), measure };
  switch (circuit.kind) {
    case "graph-walk":
      return graphWalk(setting, circuit, features, mechanisms);
    case "count-retrieve":
      return countRetrieve(setting, circuit, features, mechanisms);
    case "prefill-error":
      return prefillError(setting, circuit, features, mechanisms);
    case "retrieve":
      return retrieve(setting, circuit, features, mechanisms);
    case "chain":
      return chain(setting, circuit, features, mechanisms);
    case "aggregate":
      return aggregate(setting, circuit, features, mechanisms);
  }
}
