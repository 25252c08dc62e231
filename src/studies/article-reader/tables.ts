import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { TargetColumn } from "../calibrate/target.ts";
import { estimateCells, estimateColumns } from "../estimates.ts";
import type { Standing } from "../explain/standings.ts";
import type { ReaderGridPoint } from "./fit.ts";

const pointColumns = [
  integerColumn("rank", "by loss; 1: the reader that changes are made to"),
  numberColumn("sharpness", "logit of a perfect match over sqrt(headDim)"),
  numberColumn("shares", "factor on the shares of a key that tell its words and its subject"),
  numberColumn("residualNoise", "standard deviation of the noise on each output coordinate"),
  numberColumn("headFall", "strength of a head in the readout, as a share of the one before"),
  numberColumn("loss", "mean squared distance of dense attention's scores from the published ones"),
  numberColumn("error", "mean distance, 0 to 1"),
  integerColumn("trials", "problems of each column"),
] as const;

const modelColumn = textColumn("model", "model whose published columns these are");

const changeColumns = [
  modelColumn,
  integerColumn("rank", "by the mean error; 0: no change"),
  textColumn("change", "the change of the reader"),
  textColumn("part", "attention, logits, or another number of the reader"),
  ...estimateColumns("error", "mean distance from the published scores, 0 to 1"),
  numberColumn("longError", "mean distance over the columns from 256K tokens on"),
  ...estimateColumns("gain", "error without a change minus this error, on the same problems"),
  integerColumn("trials", "problems of each column"),
] as const;

const scoreColumns = [
  modelColumn,
  textColumn("change", "the change of the reader; dense: none"),
  textColumn("benchmark", "benchmark, as published-scores.csv names it"),
  textColumn("column", "column of the benchmark, as published"),
  numberColumn("published", "published score, 0 to 1"),
  ...estimateColumns("score", "mean score in the mean field"),
  integerColumn("trials", "problems of the column"),
] as const;

/** Points of the grid, a row each. */
export const pointTable = (points: readonly ReaderGridPoint[], trials: number): ResultTable =>
  resultTable({
    name: "points",
    title: "one row a point of the grid",
    columns: pointColumns,
    rows: points.map(({ numbers, loss, error }, i) => ({ rank: i + 1, ...numbers, loss, error, trials })),
    primaryKey: ["rank"],
  });

/** Standings of a reader with and without changes on a model's columns, the unchanged one first. */
export interface ModelStandings {
  readonly model: string;
  readonly targets: readonly TargetColumn[];
  readonly standings: readonly Standing[];
}

/** Changes of the reader, a row each. @param trials problems of each column */
export const changeTable = (all: readonly ModelStandings[], trials: number): ResultTable =>
  resultTable({
    name: "changes",
    title: "one row a change; rank 0 is no change",
    columns: changeColumns,
    rows: all.flatMap(({ model, standings }) =>
      standings.map(({ candidate, error, longError, gain }, rank) => ({
        model,
        rank,
        change: candidate.name,
        part: candidate.kind,
        ...estimateCells("error", error),
        longError,
        ...estimateCells("gain", gain),
        trials,
      })),
    ),
    primaryKey: ["model", "change"],
  });

/** Scores on published columns, a row each. */
export const scoreTable = (all: readonly ModelStandings[]): ResultTable =>
  resultTable({
    name: "scores",
    title: "one row a change and published column",
    columns: scoreColumns,
    rows: all.flatMap(({ model, targets, standings }) =>
      standings.flatMap(({ candidate, columns }) =>
        targets.map(({ benchmark, column, published }, i) => ({
          model,
          change: candidate.name,
          benchmark,
          column,
          published,
          ...estimateCells("score", columns.means[i]!),
          trials: columns.trials[i]!,
        })),
      ),
    ),
    primaryKey: ["model", "change", "benchmark", "column"],
  });
