import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import type { RowOf } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";

const timeColumns = [
  textColumn("variant", "attention variant spec"),
  textColumn("resolved", "attention variant spec, every parameter named"),
  integerColumn("tokens", "tokens in the cache", "tokens"),
  integerColumn("queries", "queries measured, each of one position and all heads"),
  numberColumn("attendMs", "time of a query, median", "ms"),
  numberColumn("attendMsMin", "time of the fastest query", "ms"),
  numberColumn("attendMsMax", "time of the slowest query", "ms"),
  numberColumn(
    "predictedMs",
    "bytes that a query reads, at the rate at which dense attention reads the longest cache",
    "ms",
  ),
  integerColumn("prepares", "how often the index was built"),
  numberColumn("prepareMs", "time of building the index, median", "ms"),
  numberColumn("prepareMsMin", "shortest time of building the index", "ms"),
  numberColumn("prepareMsMax", "longest time of building the index", "ms"),
  numberColumn("kvReadBytes", "K and V that a query reads, by the variant's cost formula", "B"),
  numberColumn("indexReadBytes", "index that a query reads, by the same", "B"),
  numberColumn("flops", "floating point operations of a query, by the same", "FLOP"),
] as const;

/** A variant at one length. */
export type ScalingRow = RowOf<typeof timeColumns>;

const exponentColumns = [
  textColumn("variant", "attention variant spec"),
  integerColumn("fromTokens", "first of the lengths over which exponents are fitted", "tokens"),
  integerColumn("toTokens", "last of them, and the length of the speed-up", "tokens"),
  numberColumn("exponent", "slope of log time of a query over log tokens, medians, least squares"),
  numberColumn("exponentLow", "lower end of its 95% bootstrap interval over the queries"),
  numberColumn("exponentHigh", "upper end"),
  numberColumn("predictedExponent", "slope of log bytes read over log tokens, by the cost formula"),
  numberColumn("speedUp", "time of a query of dense attention over that of this variant, medians"),
  numberColumn("speedUpLow", "lower end of its 95% bootstrap interval over the queries"),
  numberColumn("speedUpHigh", "upper end"),
  numberColumn("predictedSpeedUp", "bytes that dense attention reads over those of this variant"),
] as const;

/** A variant over the last lengths. */
export type ScalingSummary = RowOf<typeof exponentColumns>;

/** data.csv: a row a variant and length. */
export const timesTable = (rows: readonly ScalingRow[]): ResultTable =>
  resultTable({
    name: "data",
    title: "one row a variant and length",
    columns: timeColumns,
    rows,
    primaryKey: ["variant", "tokens"],
  });

/** summary.csv: a row a variant. */
export const exponentsTable = (rows: readonly ScalingSummary[]): ResultTable =>
  resultTable({
    name: "summary",
    title: "one row a variant",
    columns: exponentColumns,
    rows,
    primaryKey: ["variant"],
  });
