import { integerColumn, numberColumn, orEmpty, textColumn } from "../../../core/table.ts";
import { resultTable } from "../../../runs/tables.ts";
import type { ResultTable } from "../../../runs/tables.ts";
import type { SettingScore } from "../compare.ts";
import type { AblationResult, PartDifference, PartSettings } from "./result.ts";

/** The full reader's difference from itself. */
const noDifference: PartDifference = { value: 0, interval: { low: 0, high: 0 } };

/** parts.csv: agreement without each part of the reader's geometry. */
export const partsTable = ({ full, parts }: AblationResult): ResultTable =>
  resultTable({
    name: "parts",
    title: "one row a part of the reader's geometry: agreement without it",
    columns: [
      textColumn("part", "parameter that is switched off; geometry: all; empty: none, the full reader"),
      textColumn("doc", "the parameter's own words"),
      textColumn("on", "its value in the full reader"),
      textColumn("off", "the value that switches it off"),
      numberColumn("settingError", "mean absolute error of a setting without it, 0 to 1"),
      numberColumn("cellError", "mean absolute error of a cell without it"),
      orEmpty(numberColumn("spearman", "Spearman's rank correlation over settings without it")),
      numberColumn("settingDifference", "settingError less the full reader's"),
      numberColumn("settingDifferenceLow", "lower end of its 95% interval, paired"),
      numberColumn("settingDifferenceHigh", "upper end"),
      numberColumn("cellDifference", "cellError less the full reader's"),
      numberColumn("cellDifferenceLow", "lower end of its 95% interval, paired"),
      numberColumn("cellDifferenceHigh", "upper end"),
      numberColumn("spearmanDifference", "spearman less the full reader's"),
      numberColumn("spearmanDifferenceLow", "lower end of its 95% interval, paired"),
      numberColumn("spearmanDifferenceHigh", "upper end"),
      integerColumn("settings", "settings"),
      integerColumn("cells", "rows of the table"),
    ],
    rows: [
      {
        name: "",
        doc: "the full reader",
        on: "",
        off: "",
        figures: full,
        differences: { settingError: noDifference, cellError: noDifference, spearman: noDifference },
      },
      ...parts,
    ].map(({ name, doc, on, off, figures, differences: d }) => ({
      part: name,
      doc,
      on: String(on),
      off: String(off),
      settingError: figures.settingError,
      cellError: figures.cellError,
      spearman: figures.spearman,
      settingDifference: d.settingError.value,
      settingDifferenceLow: d.settingError.interval.low,
      settingDifferenceHigh: d.settingError.interval.high,
      cellDifference: d.cellError.value,
      cellDifferenceLow: d.cellError.interval.low,
      cellDifferenceHigh: d.cellError.interval.high,
      spearmanDifference: d.spearman.value,
      spearmanDifferenceLow: d.spearman.interval.low,
      spearmanDifferenceHigh: d.spearman.interval.high,
      settings: figures.settings,
      cells: figures.cells,
    })),
    primaryKey: ["part"],
  });

/** settings.csv: predictions of each setting with all parts and without each. */
export const ablatedSettingsTable = (
  full: readonly SettingScore[],
  parts: readonly PartSettings[],
): ResultTable =>
  resultTable({
    name: "settings",
    title: "one row a part and a setting",
    columns: [
      textColumn("part", "parameter that is switched off; geometry: all; empty: none, the full reader"),
      textColumn("source", "source of the measured scores"),
      textColumn("model", "the real model"),
      textColumn("method", "method, as the table names it"),
      textColumn("budget", "budget, as the table prints it"),
      textColumn("queryAware", "yes if the method saw the question"),
      integerColumn("tokens", "context length", "tokens"),
      integerColumn("cells", "rows of the table"),
      numberColumn("measured", "mean measured score, 0 to 1"),
      numberColumn("predicted", "mean prediction"),
    ],
    rows: [
      { name: "", settings: full },
      ...parts.map(({ part, settings }) => ({ name: part.name, settings })),
    ].flatMap(({ name, settings }) =>
      settings.map(({ source, model, method, budget, queryAware, tokens, cells, measured, predicted }) => ({
        part: name,
        source,
        model,
        method,
        budget,
        queryAware: queryAware ? "yes" : "no",
        tokens,
        cells: cells.length,
        measured,
        predicted,
      })),
    ),
    primaryKey: ["part", "source", "model", "method", "budget", "queryAware", "tokens", "cells"],
  });
