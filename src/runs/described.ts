import { join } from "node:path";
import { writeAtomic } from "../files/files.ts";
import { hashesIn, hashesOf } from "./manifest.ts";
import { writeCsvFiles } from "./parquet.ts";

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** CSV files of results by their names, and what describes them. */
export interface DescribedFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly dataPackage: object;
  /** facts for the manifest, which gets the hashes of the files too */
  readonly facts: object;
}

/**
 * Writes CSV files with their datapackage.json and manifest.json. The manifest is written first and last: a process that is
 * killed between leaves files that the manifest knows, old or new.
 */
export function writeDescribed(folder: string, { files, dataPackage, facts }: DescribedFiles): void {
  const path = join(folder, "manifest.json");
  const known = { ...facts, files: hashesOf(files) };
  writeAtomic(path, json({ ...known, earlier: hashesIn(folder, Object.keys(files)) }));
  writeCsvFiles(folder, files);
  writeAtomic(join(folder, "datapackage.json"), json(dataPackage));
  writeAtomic(path, json(known));
}
