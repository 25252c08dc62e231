import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import { curveColumns } from "../../learned/train.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import { estimateCells, estimateColumns } from "../estimates.ts";
import type { SwapScore } from "./lengths.ts";
import type { ReadOff } from "./read-off.ts";
import type { CellScore } from "./scores.ts";
import type { TrainedCell } from "./train-cells.ts";

const cellColumn = textColumn("cell", "name of the trained reader");

/** cells.csv: a row a trained reader, and a number of hops where it was asked for several. */
export const cellsTable = (scores: readonly CellScore[]): ResultTable =>
  resultTable({
    name: "cells",
    title: "one row a trained reader and what it is asked",
    columns: [
      textColumn("question", "width, depth or length"),
      cellColumn,
      textColumn("attention", "attention of its layers"),
      textColumn("asked", "task, or number of hops of those that it was trained on"),
      integerColumn("layers", "layers"),
      integerColumn("width", "numbers of a token's vector"),
      integerColumn("tokens", "symbols of a sequence", "tokens"),
      integerColumn("parameters", "numbers that were trained"),
      integerColumn("steps", "steps of training: it ends early at an accuracy of .98"),
      numberColumn("loss", "mean cross-entropy of the answers", "nats"),
      numberColumn("accuracy", "share of the answers that are right"),
      numberColumn("accuracyLow", "lower end of its 95% interval over answers (Wilson)"),
      numberColumn("accuracyHigh", "upper end"),
      integerColumn("answers", "answers"),
    ],
    rows: scores.map(({ cell, asked, parameters, steps, loss, accuracy, low, high, answers }) => ({
      question: cell.question,
      cell: cell.name,
      attention: cell.attention,
      asked,
      layers: cell.settings.shape.mixers.length,
      width: cell.settings.shape.width,
      tokens: cell.settings.task.tokens,
      parameters,
      steps,
      loss,
      accuracy,
      accuracyLow: low,
      accuracyHigh: high,
      answers,
    })),
    primaryKey: ["cell", "asked"],
  });

/** curves.csv: a row an evaluation of a training. */
export const curvesTable = (trained: readonly TrainedCell[]): ResultTable =>
  resultTable({
    name: "curves",
    title: "one row an evaluation in the course of a training",
    columns: [cellColumn, ...curveColumns],
    rows: trained.flatMap(({ cell, state }) => state.curve.map((point) => ({ cell: cell.name, ...point }))),
    primaryKey: ["cell", "step"],
  });

/** read-off.csv: a row a trained reader of one layer. */
export const readOffTable = (all: readonly ReadOff[]): ResultTable =>
  resultTable({
    name: "read-off",
    title: "one row a trained reader: the constructed reader's numbers, read off its queries and keys",
    columns: [
      cellColumn,
      integerColumn("headDim", "dimension of a head"),
      numberColumn("spread", "standard deviation of logits that do not match: sharpness"),
      numberColumn("margin", "logit of the answer above them, in these standard deviations"),
      numberColumn("before", "the same of the token before the answer, the key itself"),
      numberColumn("blindSpread", "spread as `attend --capture` finds it, which knows no answers"),
      numberColumn("blindMargin", "margin as it finds it"),
      numberColumn("retrieving", "share of queries that put more than half of their weight on one far key"),
      numberColumn("meanShare", "share of the keys' squared length that their mean has"),
      numberColumn("effectiveRank", "effective rank of the keys"),
      numberColumn("centredRank", "effective rank of the keys less their mean"),
      integerColumn("queries", "queries with a known answer"),
    ],
    rows: all.map(({ cell, matches, capture, headDim }) => ({
      cell: cell.name,
      headDim,
      ...matches,
      blindSpread: capture.spread,
      blindMargin: capture.margin,
      retrieving: capture.retrieving,
      meanShare: capture.meanShare,
      effectiveRank: capture.effectiveRank,
      centredRank: capture.centredRank,
    })),
    primaryKey: ["cell"],
  });

/** lengths.csv: a row a trained reader, an attention, a length, and a reader that reads or predicts. */
export const lengthsTable = (scores: readonly SwapScore[]): ResultTable =>
  resultTable({
    name: "lengths",
    title: "one row a trained reader, an attention, a length, and the reader: trained, or constructed",
    columns: [
      cellColumn,
      textColumn("variant", "attention variant spec"),
      integerColumn("tokens", "symbols of a sequence", "tokens"),
      textColumn(
        "reader",
        "trained; or constructed at its defaults (default), at the numbers read off (measured), or at these in as many dimensions as the keys' effective rank (rank)",
      ),
      integerColumn("problems", "sequences"),
      ...estimateColumns("accuracy", "share of the answers that are right"),
      ...estimateColumns("recall", "share of the tokens with the answers that were read"),
      numberColumn("goldMass", "attention weight on these tokens"),
    ],
    rows: scores.map(({ cell, variant, tokens, reader, problems, accuracy, recall, goldMass }) => ({
      cell: cell.name,
      variant,
      tokens,
      reader,
      problems,
      ...estimateCells("accuracy", { ...accuracy, value: accuracy.mean }),
      ...estimateCells("recall", { ...recall, value: recall.mean }),
      goldMass,
    })),
    primaryKey: ["cell", "variant", "tokens", "reader"],
  });
