import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import draft4 from "ajv/lib/refs/json-schema-draft-04.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { tableRowsOf } from "../../src/files/csv-text.ts";
import { readCsv } from "../../src/files/csv.ts";
import { packageOf, resource } from "../../src/runs/datapackage.ts";
import { readDataPackage } from "../../src/runs/read-datapackage.ts";

const results = join(import.meta.dirname, "../../results");

const read = (path: string): object => JSON.parse(readFileSync(path, "utf8")) as object;

const profile = (name: string): object => read(join(import.meta.dirname, "data", name));

/** Every committed folder of results, by its name in results/. */
const folders = readdirSync(results, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("datapackage.json") && !file.startsWith("local"))
  .map(dirname)
  .sort();

const firstVersion = new Ajv({ schemaId: "id", meta: false, unknownFormats: "ignore" });
firstVersion.addMetaSchema(draft4);

/** The published profiles: version 1 of a tabular package, which the descriptors name, and version 2 of any package. */
const validators = {
  "version 1, tabular": firstVersion.compile(profile("tabular-data-package-1.json")),
  "version 2": new Ajv().compile(profile("datapackage-2.json")),
};

const errorsOf = (name: keyof typeof validators, descriptor: object): readonly string[] => {
  const validate = validators[name];
  if (validate(descriptor) === true) return [];
  return validate.errors!.map(({ dataPath, message }) => `${dataPath} ${message}`);
};

describe.each(Object.keys(validators) as (keyof typeof validators)[])("profile of %s", (name) => {
  it("accepts every folder of results", () => {
    expect(folders.length).toBeGreaterThan(25);
    expect(
      folders.map((folder) => [folder, errorsOf(name, read(join(results, folder, "datapackage.json")))]),
    ).toEqual(folders.map((folder) => [folder, []]));
  });

  it("refuses a path outside the folder and a type that no column has", () => {
    const column = { name: "a", type: "integer", doc: "a number" } as const;
    const of = (change: object): object =>
      packageOf("name", "Why?", "0", [{ ...resource("data", "rows", [column], {}), ...change }]);
    expect(errorsOf(name, of({}))).toEqual([]);
    expect(errorsOf(name, of({ path: "../data.csv" }))).not.toEqual([]);
    expect(errorsOf(name, of({ schema: { fields: [{ name: "a", type: "int" }] } }))).not.toEqual([]);
    expect(errorsOf(name, {})).not.toEqual([]);
  });
});

it.each(folders)("%s holds the columns and types that it describes", (folder) => {
  for (const { file, columns } of readDataPackage(join(results, folder))) {
    const path = join(results, folder, file);
    expect(existsSync(path), path).toBe(true);
    const rows = readCsv<string>(path, []);
    const header = readFileSync(path, "utf8").split("\n", 1)[0]!;
    expect(header.trimEnd().split(",")).toEqual(columns.map(({ name }) => name));
    // integers are whole and cells are of their types, or this throws
    const cells = tableRowsOf(rows, columns, path);
    for (const { name } of columns.filter(({ type }) => type === "integer"))
      expect(cells.filter((row) => row[name] !== null && !Number.isSafeInteger(row[name]))).toEqual([]);
  }
});
