import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../core/json.ts";
import type { Column } from "../core/table.ts";
import { checked } from "../files/checked.ts";
import { readText } from "../files/files.ts";

/** A CSV file that a data package describes. */
export interface PackagedTable {
  /** name of the file in the folder: `data.csv` */
  readonly file: string;
  readonly columns: readonly Column[];
}

/** The part of a datapackage.json that says how to read its CSV files. */
const descriptor = z.object({
  resources: z.array(
    z.object({
      path: z.string().regex(/^[\w-]+\.csv$/, "must be a CSV file of the folder"),
      schema: z.object({
        fields: z.array(
          z.object({
            name: z.string(),
            type: z.enum(["string", "integer", "number", "boolean"]),
            description: z.string().default(""),
          }),
        ),
      }),
    }),
  ),
});

/** The tables of a folder of results. @throws UsageError for a folder without a datapackage.json that can be read */
export function readDataPackage(folder: string): readonly PackagedTable[] {
  const path = join(folder, "datapackage.json");
  const data = checked(descriptor, parseJson(readText(path), path), path);
  return data.resources.map(({ path: file, schema }) => ({
    file,
    columns: schema.fields.map(({ name, type, description }) => ({
      name,
      type,
      doc: description,
      mayBeEmpty: true,
    })),
  }));
}
