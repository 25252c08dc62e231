import { columns } from "../simulate/columns.ts";
import type { Column } from "../simulate/columns.ts";
import { timingColumns } from "./csv.ts";

const field = ({ name, type, doc, unit }: Column): object => ({
  name,
  type,
  description: doc,
  ...(unit === undefined ? {} : { unit }),
  ...(name === "id" ? { constraints: { required: true, unique: true } } : {}),
});

const resource = (name: string, title: string, shown: readonly Column[], keys: object): object => ({
  name,
  path: `${name}.csv`,
  title,
  profile: "tabular-data-resource",
  format: "csv",
  mediatype: "text/csv",
  encoding: "utf-8",
  schema: { fields: shown.map(field), missingValues: [""], primaryKey: "id", ...keys },
});

/** The Frictionless data package that describes data.csv and timings.csv: https://specs.frictionlessdata.io */
export const dataPackage = (name: string, question: string, version: string): object => ({
  profile: "tabular-data-package",
  name: name.toLowerCase().replace(/[^a-z0-9._-]+/g, "-"),
  title: name,
  description: question,
  version,
  resources: [
    resource("data", "one row a trial", columns, {}),
    resource("timings", "wall time of each trial", timingColumns, {
      foreignKeys: [{ fields: "id", reference: { resource: "data", fields: "id" } }],
    }),
  ],
});
