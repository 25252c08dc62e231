import { integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import { estimateCells, estimateColumns, maybeEstimateCells, maybeEstimateColumns } from "../estimates.ts";
import type { ChangeResult } from "./result.ts";

const change = textColumn("change", "the change of the fitted reader");

/** ranking.csv: a row a change. */
const rankingTable = (changes: readonly ChangeResult[]): ResultTable =>
  resultTable({
    name: "ranking",
    title: "one row a change of the fitted reader; rank 0 is no change",
    columns: [
      integerColumn("rank", "by the mean error"),
      change,
      textColumn("kind", "attention, logits, or another number of the reader"),
      textColumn("group", "variant or parameter that the change is a setting of"),
      textColumn("variant", "attention variant spec"),
      textColumn("reader", "reader parameters that differ from the defaults, as JSON"),
      ...estimateColumns("error", "mean distance from the published scores, 0 to 1"),
      numberColumn("longError", "mean distance over the columns from 256K tokens on"),
      ...estimateColumns("gain", "error of the unchanged reader minus this error"),
      ...estimateColumns("behind", "this error minus that of the best change"),
      ...maybeEstimateColumns(
        "numerics",
        "mean distance with full numerics; empty where they were not asked for",
      ),
      orEmpty(
        numberColumn(
          "bytesReadPerToken",
          "cache and state that a decode step reads for a user, all layers",
          "B",
        ),
      ),
      orEmpty(numberColumn("bytesPerUser", "cache and state of a user, all layers", "B")),
    ],
    rows: changes.map(({ error, gain, behind, numerics, reader, cost, ...row }) => ({
      rank: row.rank,
      change: row.change,
      kind: row.kind,
      group: row.group,
      variant: row.variant,
      reader: JSON.stringify(reader),
      longError: row.longError,
      ...estimateCells("error", error),
      ...estimateCells("gain", gain),
      ...estimateCells("behind", behind),
      ...maybeEstimateCells("numerics", numerics),
      bytesReadPerToken: cost?.bytesReadPerToken ?? null,
      bytesPerUser: cost?.bytesPerUser ?? null,
    })),
    primaryKey: ["change"],
  });

/** scores.csv: a row a change and published column. */
const scoresTable = (changes: readonly ChangeResult[]): ResultTable =>
  resultTable({
    name: "scores",
    title: "one row a change and published column",
    columns: [
      change,
      textColumn("benchmark", "benchmark, as published-scores.csv names it"),
      textColumn("column", "column of the benchmark, as published"),
      numberColumn("published", "published score, 0 to 1"),
      ...estimateColumns("score", "mean score in the mean field"),
    ],
    rows: changes.flatMap((row) =>
      row.columns.map(({ score, ...column }) => ({
        change: row.change,
        ...column,
        ...estimateCells("score", score),
      })),
    ),
    primaryKey: ["change", "benchmark", "column"],
  });

/** costs.csv: a row a change and system. */
const costsTable = (changes: readonly ChangeResult[]): ResultTable =>
  resultTable({
    name: "costs",
    title: "one row a change and system",
    columns: [
      change,
      textColumn("system", "rack"),
      integerColumn("usersPerRack", "users whose caches fit"),
      orEmpty(
        numberColumn(
          "tpotSeconds",
          "time of a decode step with the users asked for; empty where they do not fit",
          "s",
        ),
      ),
      orEmpty(
        numberColumn(
          "dollarsPerMillion",
          "USD per million output tokens at that step, the rack always at work",
          "USD",
        ),
      ),
    ],
    rows: changes.flatMap((row) =>
      (row.cost?.systems ?? []).map((system) => ({ change: row.change, ...system })),
    ),
    primaryKey: ["change", "system"],
  });

/** ranking.csv, scores.csv and costs.csv. */
export const explanationTables = (changes: readonly ChangeResult[]): ResultTable[] => [
  rankingTable(changes),
  scoresTable(changes),
  costsTable(changes),
];
