import { integerColumn, numberColumn, textColumn } from "../../../core/table.ts";
import { resultTable } from "../../../runs/tables.ts";
import type { ResultTable } from "../../../runs/tables.ts";
import { text } from "../../../reader/geometry/text.ts";
import { readerParams } from "../../../reader/params.ts";
import { fittedNames } from "./declaration.ts";
import type { FittedName } from "./declaration.ts";
import type { AgreementFit } from "./result.ts";

const docOf = (name: FittedName): string => ({ ...readerParams, ...text.params })[name].doc;

/** numbers.csv: the fitted numbers. */
export const numbersTable = ({ numbers }: AgreementFit): ResultTable =>
  resultTable({
    name: "numbers",
    title: "one row a fitted number",
    columns: [
      textColumn("number", "parameter of the reader or of its geometry"),
      textColumn("doc", "the parameter's own words"),
      numberColumn("value", "fitted value"),
      numberColumn("low", "lower end of its 95% interval: settings and problems drawn again"),
      numberColumn("high", "upper end"),
      numberColumn("lowest", "lower end of the range of the search"),
      numberColumn("highest", "upper end"),
    ],
    rows: numbers.map(({ name, ...own }) => ({ number: name, doc: docOf(name), ...own })),
    primaryKey: ["number"],
  });

/** points.csv: the points that were tried. */
export const pointsTable = ({ tried }: AgreementFit): ResultTable =>
  resultTable({
    name: "points",
    title: "one row a tried point, in the order of the search",
    columns: [
      integerColumn("point", "number of the point, from 1"),
      ...fittedNames.map((name) => numberColumn(name, docOf(name))),
      numberColumn("loss", "mean over methods of the squared errors of a setting and of a cell, 0 to 2"),
    ],
    rows: tried.map(({ point, loss }, i) => ({ point: i + 1, ...point, loss })),
    primaryKey: ["point"],
  });
