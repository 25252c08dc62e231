import type { AnyVariant } from "../attention/variant.ts";
import type { StepShape } from "../core/cost.ts";
import type { Source } from "../core/entry.ts";
import { allowedValues } from "../core/params.ts";
import type { AnyParams, ParamSpecs } from "../core/params.ts";
import { formatBytes, formatQuantity, formatUnit } from "../core/units.ts";
import type { Quantity } from "../core/units.ts";
import { quantitiesOf } from "../hardware/quantities.ts";

/** A table of facts about an entry: titles and rows of text. */
export interface Facts {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The parameters of an entry: name, default, what is allowed, what it is. */
export const paramFacts = (specs: ParamSpecs): Facts => ({
  titles: ["parameter", "default", "allowed", "meaning"],
  rows: Object.entries(specs).map(([name, spec]) => [
    name,
    String(spec.default),
    allowedValues(spec),
    spec.doc,
  ]),
});

/** What one decode step of one layer costs one sequence. */
export function costFacts(variant: AnyVariant, shape: StepShape, params: AnyParams): Facts {
  const step = variant.cost(shape, params);
  return {
    titles: ["one layer, one sequence", "K and V", "index"],
    rows: [
      ["kept", formatBytes(step.keptBytes), formatBytes(step.indexKeptBytes)],
      ["read by a decode step", formatBytes(step.kvReadBytes), formatBytes(step.indexReadBytes)],
      ["computed by a decode step", formatUnit(step.flops, "FLOP"), ""],
      ["exponentials", formatUnit(step.exponentials, ""), ""],
    ],
  };
}

/** The quantities anywhere in an entry, by path: `gpu.hbmBandwidth`, 8 TB/s, where it is from. */
export const quantityFacts = (entry: object): Facts => ({
  titles: ["quantity", "value", "source"],
  rows: quantitiesOf(entry).map(([path, quantity]) => [path, formatQuantity(quantity), origin(quantity)]),
});

/** A source in one line: title, place, address. */
export const citation = ({ title, where, url }: Source): string =>
  [title, where, url].filter((part) => part !== undefined && part !== "").join(", ");

const origin = ({ source, note }: Quantity): string =>
  [source.where === undefined ? source.title : `${source.title}, ${source.where}`, note]
    .filter((part) => part !== undefined)
    .join("; ");
