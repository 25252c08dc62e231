import { groupBy } from "../../../core/group.ts";
import { mean } from "../../../core/stats.ts";
import type { SettingScore } from "../compare.ts";
import type { ExpressedScore } from "../express.ts";

/** Rows to fit to. Dense attention's own scores are predicted by its score here alone, not by a share of themselves. */
export const withDenseAlone = (rows: readonly ExpressedScore[]): ExpressedScore[] =>
  rows.map((row) =>
    row.measured.method === "dense" ? { ...row, measured: { ...row.measured, dense: null } } : row,
  );

/**
 * Loss of a point: the mean over methods of the mean squared error of a setting and that of a cell, 0 to 2. Dense attention
 * is a method with one setting.
 */
export const fitLoss = (settings: readonly SettingScore[]): number =>
  mean(
    [...groupBy(settings, ({ method }) => method).values()].map((own) => {
      const cells = own.flatMap((setting) => setting.cells);
      return (
        mean(own.map(({ predicted, measured }) => (predicted - measured) ** 2)) +
        mean(cells.map(({ predicted, measured }) => (predicted - measured.score) ** 2))
      );
    }),
  );
