import { formatNumber } from "../../core/units.ts";
import type { ScalingSummary } from "../../studies/scaling/tables.ts";
import { formatTable } from "./table.ts";

/** Exponents and speed-ups of variants, as text. */
export const formatScaling = (summaries: readonly ScalingSummary[]): string =>
  formatTable(
    [
      "variant",
      "exponent",
      "95% interval",
      "predicted",
      "times faster than dense",
      "95% interval",
      "predicted",
    ],
    summaries.map((row) => [
      row.variant,
      row.exponent.toFixed(2),
      `${row.exponentLow.toFixed(2)} to ${row.exponentHigh.toFixed(2)}`,
      row.predictedExponent.toFixed(2),
      formatNumber(row.speedUp),
      `${formatNumber(row.speedUpLow)} to ${formatNumber(row.speedUpHigh)}`,
      formatNumber(row.predictedSpeedUp),
    ]),
  );
