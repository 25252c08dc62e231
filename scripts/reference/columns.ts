import { columns } from "../../src/trial/columns.ts";
import { joined, table } from "../documents/markdown.ts";

/** docs/reference/columns.md: the columns of a results CSV. */
export const columnsPage = (): string =>
  joined([
    "# Columns of a results CSV",
    "`data.csv` of a run or of an experiment with trials has one row a trial. Experiments with other rows describe their columns in the `datapackage.json` beside them.",
    table({
      titles: ["column", "type", "unit", "meaning"],
      rows: columns.map(({ name, type, unit = "", doc }) => [`\`${name}\``, type, unit, doc]),
    }),
  ]);
