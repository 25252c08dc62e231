import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { panelOf, seriesNamer } from "./aggregate.ts";

/** Whether the rows of some panel make curves over context length. */
export const manyLengths = (rows: readonly TrialRow[]): boolean =>
  [...groupBy(rows, panelOf).values()].some(
    (panel) => distinct(panel.map((row) => row.tokensNominal)).length > 1,
  );

const namedSettings: readonly string[] = ["system", "model", "users"];

/** The system and model of a row's budget, and what else it sets: all but the users. */
export const sharedOf = ({ budget, system, model }: TrialRow): string =>
  [
    system,
    model,
    ...budget.split(",").filter((setting) => !namedSettings.includes(setting.split("=")[0]!.trim())),
  ]
    .filter((part) => part !== "")
    .map((part) => part.trim())
    .join(", ");

/** The family of each variant, by the name of its curve. */
export function familiesOf(rows: readonly TrialRow[]): (series: string) => string {
  const series = seriesNamer(rows);
  const known = new Map(rows.map((row) => [series(row), row.family]));
  return (name) => known.get(name) ?? "";
}

/** Whether the rows compare whole families of variants. */
export const manyFamilies = (rows: readonly TrialRow[]): boolean =>
  distinct(rows.map((row) => row.family)).length > 5;
