import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import type { Column } from "../core/table.ts";
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
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const { success, data, error } = descriptor.safeParse(value);
  if (!success) {
    const issue = error.issues[0]!;
    throw new UsageError(`${path}: ${issue.path.join(".") || "the content"}: ${issue.message}`);
  }
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
