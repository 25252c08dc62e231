import type { ShapingUse } from "../attention/shaping.ts";
import { parseShaping, parseSpec } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { VariantUse } from "../attention/variant.ts";
import { parseGeometry } from "../reader/geometry/geometry.ts";
import { resolveReader } from "../reader/params.ts";
import type { ReaderParams } from "../reader/params.ts";
import { parseTask } from "../tasks/spec.ts";
import type { Trial } from "./trial.ts";

/** A trial with its spec and its reader's parameters. A kv dtype or shaping in the spec replaces the reader's. */
export interface Settled<T extends Trial = Trial> {
  readonly trial: T;
  readonly spec: AttentionSpec;
  readonly reader: ReaderParams;
  readonly shaping: ShapingUse;
}

type SpecFields = Pick<Trial, "variant" | "fitted" | "reader">;

function settleSpec(trial: SpecFields): Omit<Settled, "trial"> {
  const spec = parseSpec(trial.fitted ?? trial.variant);
  const reader = resolveReader(trial.reader);
  const shaping = spec.logitShaping ?? parseShaping(reader.logitShaping);
  const kvDtype = spec.kvDtype ?? reader.kvDtype;
  const { spec: geometry } = parseGeometry(reader.geometry);
  return { spec, reader: { ...reader, kvDtype, geometry, logitShaping: shaping.text }, shaping };
}

/** Reads the spec of a trial and completes its reader's parameters. */
export const settle = <T extends Trial>(trial: T): Settled<T> => ({ trial, ...settleSpec(trial) });

/** A trial's variant with its parameters and shaping, for the mean field. */
export const useOf = (trial: SpecFields): VariantUse => useOfSettled(settleSpec(trial));

/** The variant of a settled trial. */
export const useOfSettled = ({ spec, shaping }: Pick<Settled, "spec" | "shaping">): VariantUse => ({
  variant: spec.variant,
  params: spec.params,
  shaping,
});

/** The name of the random streams of a trial's problem. */
export const streamsOf = ({
  seed,
  task,
  tokens,
  trial,
}: Pick<Trial, "seed" | "task" | "tokens" | "trial">): string =>
  `${seed}/${parseTask(task).problem}/${tokens}/${trial}`;
