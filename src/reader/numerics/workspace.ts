import type { Measure } from "../../core/profile.ts";
import type { Ops, Space } from "../../engines/ops.ts";
import type { ReaderParams } from "../params.ts";

/** Engine, parameters and memory that everything in the numerics of one trial shares. */
export interface Workspace {
  readonly ops: Ops;
  readonly params: ReaderParams;
  /** name of the trial's random streams: the same name gives the same keys, values and noise */
  readonly seed: string;
  readonly tokens: number;
  /** a region of memory for each kv head */
  readonly spaces: readonly Space[];
  /** measures work that mechanisms share */
  readonly measure: Measure;
}

const spacesOfEngine = new WeakMap<Ops, Space[]>();

/** The regions of memory of the first `count` kv heads, emptied. An engine's regions are reused by every trial. */
export function headSpaces(ops: Ops, count: number): Space[] {
  const spaces = spacesOfEngine.get(ops) ?? [];
  spacesOfEngine.set(ops, spaces);
  while (spaces.length < count) spaces.push(ops.space(`kv head ${spaces.length}`));
  for (const space of spaces) space.clear();
  return spaces.slice(0, count);
}

/** Runs `work`, then gives back what it took from any of the spaces. */
export const scopedAll = <T>(spaces: readonly Space[], work: () => T): T =>
  spaces.reduceRight<() => T>((inner, space) => () => space.scoped(inner), work)();
