import type { Attend } from "../../attention/attender.ts";
import type { KeyValueCache } from "../../attention/cache.ts";
import type { Measure } from "../../core/profile.ts";
import type { Space } from "../../engines/ops.ts";
import type { Seen } from "../reading.ts";
import type { ReadWatch } from "./watch.ts";
import { scopedAll } from "./workspace.ts";

/** An attention variant at work. */
export interface Mechanism {
  /** Makes it ready for a cache. It builds its index in the heads' spaces. */
  readonly over: (cache: KeyValueCache) => Attend;
  /** measures work that the reader does for this mechanism alone */
  readonly measure?: Measure;
  /** is told what its queries see and are answered */
  readonly watch?: ReadWatch;
}

/** Conclusion of the reader with one mechanism, and what its queries saw. */
export interface Outcome {
  /** features, for `Problem.respond`; of a prefill the error */
  readonly conclusion: readonly number[];
  readonly seen: Seen;
}

/** Reads with each mechanism in turn, and frees what it built for the cache after it. */
export function* readWithEach(
  spaces: readonly Space[],
  mechanisms: readonly Mechanism[],
  read: (mechanism: Mechanism, index: number) => Outcome,
): Generator<Outcome> {
  for (const [index, mechanism] of mechanisms.entries())
    yield scopedAll(spaces, () => read(mechanism, index));
}
