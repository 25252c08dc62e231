import type { Entry } from "../core/entry.ts";
import type { CapturedName } from "./captured.ts";
import type { AnyVariant } from "./variant.ts";

/** Departures of several entries from their sources, each after the entry's name. */
export const namedDepartures = (parts: Iterable<Entry>): string[] =>
  [...parts].flatMap(({ name, differs = [] }) => differs.map((sentence) => `${name}: ${sentence}`));

/**
 * Departures of a spec's variant from its sources, and those of its logit shaping.
 *
 * @param captured tensors of the model's own index, which take some departures away
 */
export const departuresOf = (
  spec: {
    readonly variant: Entry & Pick<AnyVariant, "captured">;
    readonly logitShaping?: { readonly shaping: Entry };
  },
  captured: readonly CapturedName[] = [],
): readonly string[] => [
  ...(spec.variant.differs ?? []).filter(
    (sentence) => !captured.some((name) => spec.variant.captured?.[name]?.insteadOf?.includes(sentence)),
  ),
  ...namedDepartures(spec.logitShaping ? [spec.logitShaping.shaping] : []),
];
