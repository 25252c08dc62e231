import { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { mean } from "../../core/stats.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { ComparedScore, SettingScore } from "./compare.ts";
import type { AgreementGroup } from "./groups.ts";
import type { AgreementResult, BaselineFigures, UnexpressedReason } from "./result.ts";
import { roleOf } from "./roles.ts";
import type { SimulatedCell } from "./simulate.ts";

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
      textColumn("role", "fitted, looked at, same source (as those) or other sources"),
      integerColumn("cells", "rows of the table"),
      numberColumn("measured", "mean measured score, 0 to 1"),
      numberColumn("predicted", "mean prediction"),
    ],
    rows: settings.map((setting) => {
      const { source, model, method, budget, queryAware, tokens, cells, measured, predicted } = setting;
      return {
        source,
        model,
        method,
        budget,
        queryAware,
        tokens,
        role: roleOf(setting),
        cells: cells.length,
        measured,
        predicted,
      };
    }),
    primaryKey: ["source", "model", "method", "budget", "queryAware", "tokens", "cells"],
  });

/** roles.csv: figures of all settings and of each role, with intervals. */
export const rolesTable = ({ all, roles }: Pick<AgreementResult, "all" | "roles">): ResultTable =>
  resultTable({
    name: "roles",
    title: "one row a role, and one for all settings",
    columns: [
      textColumn("role", "all, fitted, looked at, same source (as those) or other sources"),
      integerColumn("settings", "settings"),
      integerColumn("cells", "rows of the table"),
      numberColumn("settingError", "mean absolute error of a setting, 0 to 1"),
      numberColumn("settingLow", "lower end of its 95% interval: settings and problems drawn again"),
      numberColumn("settingHigh", "upper end"),
      orEmpty(numberColumn("sourceLow", "lower end of its 95% interval: whole sources drawn again")),
      orEmpty(numberColumn("sourceHigh", "upper end; empty with fewer than three sources")),
      numberColumn("bias", "mean error of a setting: predicted less measured"),
      numberColumn("cellError", "mean absolute error of a cell"),
      numberColumn("cellLow", "lower end of its 95% interval"),
      numberColumn("cellHigh", "upper end"),
      orEmpty(numberColumn("spearman", "Spearman's rank correlation over settings")),
      numberColumn("spearmanLow", "lower end of its 95% interval"),
      numberColumn("spearmanHigh", "upper end"),
    ],
    rows: Object.entries({ all, ...roles }).map(
      ([role, { settings, cells, settingError, bias, cellError, spearman, intervals, bySource }]) => ({
        role,
        settings,
        cells,
        settingError,
        settingLow: intervals.settingError.low,
        settingHigh: intervals.settingError.high,
        sourceLow: bySource?.low ?? null,
        sourceHigh: bySource?.high ?? null,
        bias,
        cellError,
        cellLow: intervals.cellError.low,
        cellHigh: intervals.cellError.high,
        spearman,
        spearmanLow: intervals.spearman.low,
        spearmanHigh: intervals.spearman.high,
      }),
    ),
    primaryKey: ["role"],
  });

/** baselines.csv: predictions without any simulation. */
export const baselinesTable = (baselines: readonly BaselineFigures[]): ResultTable =>
  resultTable({
    name: "baselines",
    title: "one row a prediction without any simulation",
    columns: [
      textColumn("baseline", "the prediction"),
      integerColumn("settings", "settings that it predicts"),
      orEmpty(numberColumn("settingError", "its mean absolute error of a setting, 0 to 1")),
      orEmpty(numberColumn("ours", "the simulator's on the same settings")),
    ],
    rows: baselines.map(({ name, settings, error, ours }) => ({
      baseline: name,
      settings,
      settingError: settings === 0 ? null : error,
      ours: settings === 0 ? null : ours,
    })),
    primaryKey: ["baseline"],
  });

/** groups.csv: figures by method, task, length, model and source, roles apart. */
export const groupsTable = (groups: readonly AgreementGroup[]): ResultTable =>
  resultTable({
    name: "groups",
    title: "one row a method, task, length, model or source and a role",
    columns: [
      textColumn("by", "what the settings have in common"),
      textColumn("group", "the value of it"),
      textColumn("role", "fitted, looked at, same source (as those) or other sources"),
      integerColumn("settings", "settings"),
      integerColumn("cells", "rows of the table"),
      numberColumn("settingError", "mean absolute error of a setting, 0 to 1"),
      numberColumn("bias", "mean error of a setting: predicted less measured"),
      numberColumn("cellError", "mean absolute error of a cell"),
      orEmpty(numberColumn("spearman", "Spearman's rank correlation over settings")),
      orEmpty(numberColumn("kendall", "Kendall's rank correlation over settings")),
    ],
    rows: groups,
    primaryKey: ["by", "group", "role"],
  });

/** scores.csv: scores of every problem that was run. */
export const scoresTable = (cells: readonly SimulatedCell[]): ResultTable =>
  resultTable({
    name: "scores",
    title: "one row a task, variant and length that was run",
    columns: [
      textColumn("task", "task spec"),
      textColumn("variant", "variant spec"),
      integerColumn("tokens", "context length", "tokens"),
      textColumn("scores", "score of each problem, 0 to 1, in the order of the problems"),
    ],
    rows: cells.map(({ task, variant, tokens, scores }) => ({
      task,
      variant,
      tokens,
      scores: scores.map((score) => String(Number(score.toPrecision(6)))).join(" "),
    })),
    primaryKey: ["task", "variant", "tokens"],
  });

/** unexpressed.csv: rows that were not run, by reason. */
export const unexpressedTable = (reasons: readonly UnexpressedReason[]): ResultTable =>
  resultTable({
    name: "unexpressed",
    title: "rows that were not run, by reason",
    columns: [textColumn("reason", "why they were not run"), integerColumn("rows", "rows of the table")],
    rows: reasons,
    primaryKey: ["reason"],
  });
