import type { Column } from "../core/table.ts";
import { columns } from "../trial/columns.ts";
import { summaryColumns } from "./effective.ts";
import { timingColumns } from "./timings.ts";

const field = ({ name, type, doc, unit }: Column): object => ({
  name,
  type,
  description: doc,
  ...(unit === undefined ? {} : { unit }),
  ...(name === "id" ? { constraints: { required: true, unique: true } } : {}),
});

/** Describes one CSV file of a data package. @param keys primaryKey, foreignKeys of a Table Schema */
export const resource = (name: string, title: string, shown: readonly Column[], keys: object): object => ({
  name,
  path: `${name}.csv`,
  title,
  profile: "tabular-data-resource",
  format: "csv",
  mediatype: "text/csv",
  encoding: "utf-8",
  schema: { fields: shown.map(field), missingValues: [""], ...keys },
});

/** A Frictionless data package: https://specs.frictionlessdata.io */
export const packageOf = (
  name: string,
  question: string,
  version: string,
  resources: readonly object[],
): object => ({
  profile: "tabular-data-package",
  name: name.toLowerCase().replace(/[^a-z0-9._-]+/g, "-"),
  title: name,
  description: question,
  version,
  resources,
});

/** The data package of a plan's results. */
export const dataPackage = (name: string, question: string, version: string): object =>
  packageOf(name, question, version, [
    resource("data", "one row a trial", columns, { primaryKey: "id" }),
    resource("timings", "wall time of each trial", timingColumns, {
      primaryKey: "id",
      foreignKeys: [{ fields: "id", reference: { resource: "data", fields: "id" } }],
    }),
    resource("summary", "one row a variant: scores over all tasks", summaryColumns, {
      primaryKey: ["variant", "budget"],
    }),
  ]);
