import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { panelOf, seriesNamer } from "./aggregate.ts";

/** Tells whether some panel has rows of several lengths. */
export const manyLengths = (rows: readonly TrialRow[]): boolean =>
  [...groupBy(rows, panelOf).values()].some(
    (panel) => distinct(panel.map((row) => row.tokensNominal)).length > 1,
  );

/** The lengths of rows, in words: `65,536 tokens`. */
export const lengthsText = (rows: readonly TrialRow[]): string =>
  `${distinct(rows.map((row) => row.tokensNominal.toLocaleString("en"))).join(" or ")} tokens`;

const namedSettings: readonly string[] = ["system", "model", "users"];

/** All settings of a row's budget but its users: the system, the model, and the rest as they were written. */
export const sharedOf = ({ budget, system, model }: TrialRow): string =>
  [
    system,
    model,
    ...budget.split(",").filter((setting) => !namedSettings.includes(setting.split("=")[0]!.trim())),
  ]
    .filter((part) => part !== "")
    .map((part) => part.trim())
    .join(", ");

/** Gives the family of a variant by the name of its curve. */
export function familiesOf(rows: readonly TrialRow[]): (series: string) => string {
  const series = seriesNamer(rows);
  const known = new Map(rows.map((row) => [series(row), row.family]));
  return (name) => known.get(name) ?? "";
}

/** Tells whether the rows have variants of more than five families. */
export const manyFamilies = (rows: readonly TrialRow[]): boolean =>
  distinct(rows.map((row) => row.family)).length > 5;
