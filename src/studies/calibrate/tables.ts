import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import { estimateCells, estimateColumns, maybeEstimateCells, maybeEstimateColumns } from "../estimates.ts";
import type { ColumnResult } from "./result.ts";

/** columns.csv: a row a published column. */
export const columnsTable = (results: readonly ColumnResult[]): ResultTable =>
  resultTable({
    name: "columns",
    title: "one row a published column",
    columns: [
      textColumn("role", "fitted, or left out of the fit"),
      textColumn("benchmark", "benchmark, as published-scores.csv names it"),
      textColumn("column", "column of the benchmark, as published"),
      numberColumn("published", "published score, 0 to 1"),
      ...estimateColumns("meanField", "mean score in the mean field"),
      ...maybeEstimateColumns(
        "numerics",
        "mean score with full numerics; empty where they were not asked for",
      ),
      integerColumn("trials", "trials with full numerics"),
    ],
    rows: results.map(({ meanField, numerics, ...row }) => ({
      ...row,

      ...estimateCells("meanField", meanField),
      ...maybeEstimateCells("numerics", numerics),
    })),
    primaryKey: ["benchmark", "column"],
  });
