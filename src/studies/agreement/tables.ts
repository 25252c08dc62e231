import { groupBy } from "../../core/group.ts";
import { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { mean } from "../../core/stats.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { ComparedScore, SettingScore } from "./compare.ts";
import type { UnexpressedScore } from "./express.ts";

/** cells.csv: a measured row beside its prediction. */
export const cellsTable = (rows: readonly ComparedScore[]): ResultTable =>
  resultTable({
    name: "cells",
    title: "one row a measured score that was run",
    columns: [
      integerColumn("row", "row of the measured table, from 1"),
      textColumn("source", "source of the measured score"),
      textColumn("model", "the real model"),
      textColumn("method", "method, as the table names it"),
      textColumn("budget", "budget, as the table prints it"),
      booleanColumn("queryAware", "whether the method saw the question"),
      textColumn("task", "task, as the table names it"),
      integerColumn("tokens", "context length", "tokens"),
      textColumn("variant", "variant spec that stands for the method"),
      numberColumn("measured", "measured score, 0 to 1"),
      orEmpty(numberColumn("dense", "dense attention's score in the same table")),
      numberColumn("predicted", "dense attention's measured score times the variant's share of dense here"),
      numberColumn("simulated", "mean score of the variant here"),
      numberColumn("simulatedDense", "mean score of dense attention here"),
      integerColumn("trials", "problems"),
    ],
    rows: rows.map(({ measured: m, tokens, variant, predicted, trials }) => ({
      row: m.row,
      source: m.source,
      model: m.model,
      method: m.method,
      budget: m.budget,
      queryAware: m.queryAware,
      task: m.task,
      tokens,
      variant,
      measured: m.score,
      dense: m.dense,
      predicted,
      simulated: mean(trials.map((task) => mean(task.variant))),
      simulatedDense: mean(trials.map((task) => mean(task.dense))),
      trials: trials.reduce((sum, task) => sum + task.variant.length, 0),
    })),
    primaryKey: ["row"],
  });

/** settings.csv: a method at a budget, model and length. */
export const settingsTable = (settings: readonly SettingScore[]): ResultTable =>
  resultTable({
    name: "settings",
    title: "one row a method at a budget, model and length: means over tasks",
    columns: [
      textColumn("source", "source of the measured scores"),
      textColumn("model", "the real model"),
      textColumn("method", "method, as the table names it"),
      textColumn("budget", "budget, as the table prints it"),
      booleanColumn("queryAware", "whether the method saw the question"),
      integerColumn("tokens", "context length", "tokens"),
      integerColumn("cells", "rows of the table"),
      numberColumn("measured", "mean measured score, 0 to 1"),
      numberColumn("predicted", "mean prediction"),
    ],
    rows: settings.map(
      ({ source, model, method, budget, queryAware, tokens, cells, measured, predicted }) => ({
        source,
        model,
        method,
        budget,
        queryAware,
        tokens,
        cells: cells.length,
        measured,
        predicted,
      }),
    ),
    primaryKey: ["source", "model", "method", "budget", "queryAware", "tokens", "cells"],
  });

/** unexpressed.csv: rows that were not run, by reason. */
export const unexpressedTable = (rows: readonly UnexpressedScore[]): ResultTable =>
  resultTable({
    name: "unexpressed",
    title: "rows that were not run, by reason",
    columns: [textColumn("reason", "why they were not run"), integerColumn("rows", "rows of the table")],
    rows: [...groupBy(rows, ({ reason }) => reason)].map(([reason, own]) => ({ reason, rows: own.length })),
    primaryKey: ["reason"],
  });
