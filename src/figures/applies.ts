import type { TrialRow } from "../trial/columns.ts";
import { distinct, groupBy } from "../core/group.ts";
import { panelOf, seriesNamer } from "./aggregate.ts";

/** Whether the rows of some panel make curves over context length. */
export const manyLengths = (rows: readonly TrialRow[]): boolean =>
  [...groupBy(rows, panelOf).values()].some(
    (panel) => distinct(panel.map((row) => row.tokensNominal)).length > 1,
  );

/** Users that share a system, as a row's budget says; undefined where it says nothing of users. */
export function usersOf(row: TrialRow): number | undefined {
  const found = /(?:^|,)\s*users=([\d.]+)/.exec(row.budget);
  return found === null ? undefined : Number(found[1]);
}

/** What stays of a budget without its users: the system and model that they share, and what else was given. */
export const sharedOf = (row: TrialRow): string =>
  row.budget
    .split(",")
    .map((part) => part.trim())
    .filter((part) => !part.startsWith("users="))
    .map((part) => part.replace(/^(?:system|model)=/, ""))
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
