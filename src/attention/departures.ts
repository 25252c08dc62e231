import type { Entry } from "../core/entry.ts";

/** Departures of several entries from their sources, each after the entry's name. */
export const namedDepartures = (parts: Iterable<Entry>): string[] =>
  [...parts].flatMap(({ name, differs = [] }) => differs.map((sentence) => `${name}: ${sentence}`));

/** Departures of a spec's variant from its sources, and those of its logit shaping. */
export const departuresOf = (spec: {
  readonly variant: Entry;
  readonly logitShaping?: { readonly shaping: Entry };
}): readonly string[] => [
  ...(spec.variant.differs ?? []),
  ...namedDepartures(spec.logitShaping ? [spec.logitShaping.shaping] : []),
];
