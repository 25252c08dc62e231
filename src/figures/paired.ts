import { UsageError } from "../core/errors.ts";
import { distinct, groupBy } from "../core/group.ts";
import { estimateDifference } from "../core/stats.ts";
import type { TrialRow } from "../trial/columns.ts";
import { formatLength } from "../core/length.ts";
import { panelOf, problemOf, seriesNamer, settings } from "./aggregate.ts";
import type { CurvePoint } from "./aggregate.ts";

/** Settings that a variant may change for itself: `dsa+fp8` is compared with `dense`. */
const ownSettings: readonly string[] = ["kvDtype", "logitShaping"];

const sharedSettings = settings.filter((name) => !ownSettings.includes(name));

const ownKey = (row: TrialRow): string => JSON.stringify([row.kvDtype, row.logitShaping]);

/** Names the problem of a row and everything else that a fair comparison shares. */
const pairKey = (row: TrialRow): string =>
  JSON.stringify([problemOf(row), row.budget, ...sharedSettings.map((name) => row[name])]);

/** Finds the reference's row for another row. @throws UsageError if no row is of the reference */
function partnerFinder(
  rows: readonly TrialRow[],
  reference: string,
): (row: TrialRow) => TrialRow | undefined {
  const own = rows.filter((row) => row.variant === reference);
  if (own.length === 0)
    throw new UsageError(
      `no rows of the reference "${reference}"; variants: ${distinct(rows.map((row) => row.variant)).join(", ")}`,
    );
  const byKey = groupBy(own, pairKey);
  return (row) => {
    const partners = byKey.get(pairKey(row)) ?? [];
    return partners.find((partner) => ownKey(partner) === ownKey(row)) ?? partners[0];
  };
}

/**
 * Mean differences of scores from a reference variant on the same problems, for every panel, curve and length. Problems
 * that only one of the two was asked do not count.
 *
 * @param reference variant spec as the rows have it: `dense`
 * @param named rows whose differences name the curves, and among which the reference is found
 * @throws UsageError if no row is of the reference
 */
export function differenceCurves(
  rows: readonly TrialRow[],
  reference: string,
  named: readonly TrialRow[] = rows,
): CurvePoint[] {
  const series = seriesNamer(named);
  const partnerOf = partnerFinder(named, reference);
  const others = rows.filter((row) => row.variant !== reference);
  const cells = groupBy(others, (row) => JSON.stringify([panelOf(row), series(row), row.tokensNominal]));
  return [...cells.values()].flatMap((cell) => {
    const differences = cell.flatMap((row) => {
      const score = partnerOf(row)?.score ?? null;
      return row.score === null || score === null ? [] : [row.score - score];
    });
    const found = estimateDifference(differences);
    const first = cell[0]!;
    return found === undefined
      ? []
      : [{ panel: panelOf(first), series: series(first), tokens: first.tokensNominal, ...found }];
  });
}

/** Sentences about panels and lengths whose curves were not asked the same problems; rows without a trial say nothing. */
export function unlikeProblems(rows: readonly TrialRow[]): string[] {
  const series = seriesNamer(rows);
  const known = rows.filter((row) => row.trial !== null && row.score !== null);
  const cells = groupBy(known, (row) => JSON.stringify([panelOf(row), row.tokensNominal, row.users]));
  return [...cells.values()].flatMap((cell) => {
    const asked = [...groupBy(cell, series)].map(
      ([name, own]) => [name, new Set(own.map(problemOf))] as const,
    );
    const all = new Set(cell.map(problemOf));
    const common = [...all].filter((problem) => asked.every(([, own]) => own.has(problem))).length;
    if (common === all.size) return [];
    const counts = asked.map(([name, own]) => `${name} ${own.size}`);
    const where = `${panelOf(cell[0]!)}, ${formatLength(cell[0]!.tokensNominal)}`;
    return [`${where}: variants were not asked the same problems: ${counts.join(", ")}; ${common} in common`];
  });
}
