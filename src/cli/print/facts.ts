import type { PrefillCost } from "../../attention/prefill-cost.ts";
import type { StepCost } from "../../core/cost.ts";
import type { Source } from "../../core/entry.ts";
import { allowedValues } from "../../core/params.ts";
import type { ParamSpecs } from "../../core/params.ts";
import { formatBytes, formatQuantity, formatUnit } from "../../core/units.ts";
import type { Quantity } from "../../core/units.ts";
import { quantitiesOf } from "../../hardware/quantities.ts";

/** A table of facts about an entry: titles and rows of text. */
export interface Facts {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The parameters of an entry: name, default, allowed values, meaning. */
export const paramFacts = (specs: ParamSpecs): Facts => ({
  titles: ["parameter", "default", "allowed", "meaning"],
  rows: Object.entries(specs).map(([name, spec]) => [
    name,
    String(spec.default),
    allowedValues(spec),
    spec.doc,
  ]),
});

/**
 * Costs of one layer for one sequence: a decode step, and the prefill before it.
 *
 * @param isPlan whether they are means over the layers of a plan
 */
export function costFacts(step: StepCost, prefill: PrefillCost, isPlan: boolean): Facts {
  const { stateBytes = 0, farKeptBytes = 0, farReadBytes = 0 } = step;
  const far = (bytes: number): string[] => (farKeptBytes > 0 ? [formatBytes(bytes)] : []);
  const blank = ["", "", ...(farKeptBytes > 0 ? [""] : [])];
  return {
    titles: [
      `${isPlan ? "mean of the layers" : "one layer"}, one sequence`,
      "K and V",
      "index",
      "state",
      ...(farKeptBytes > 0 ? ["K and V in host memory"] : []),
    ],
    rows: [
      [
        "kept",
        formatBytes(step.keptBytes),
        formatBytes(step.indexKeptBytes),
        formatBytes(stateBytes),
        ...far(farKeptBytes),
      ],
      [
        "read by a decode step",
        formatBytes(step.kvReadBytes),
        formatBytes(step.indexReadBytes),
        formatBytes(stateBytes),
        ...far(farReadBytes),
      ],
      ["computed by a decode step", formatUnit(step.flops, "FLOP"), ...blank],
      ["exponentials", formatUnit(step.exponentials, ""), ...blank],
      ["computed by prefill", formatUnit(prefill.flops, "FLOP"), ...blank],
      ["exponentials of prefill", formatUnit(prefill.exponentials, ""), ...blank],
    ],
  };
}

/** All quantities of an entry by path, with value and source: `gpu.hbmBandwidth`, 8 TB/s. */
export const quantityFacts = (entry: object): Facts => ({
  titles: ["quantity", "value", "source"],
  rows: quantitiesOf(entry).map(([path, quantity]) => [path, formatQuantity(quantity), origin(quantity)]),
});

/** A source in one line: title, place, address. */
export const citation = ({ title, where, url, unread }: Source): string =>
  [title, where, url, unread && "not read"].filter((part) => part !== undefined && part !== "").join(", ");

const origin = ({ source, note }: Quantity): string =>
  [
    source.where === undefined ? source.title : `${source.title}, ${source.where}`,
    note,
    source.unread && "unread at its source",
  ]
    .filter((part) => part !== undefined)
    .join("; ");
