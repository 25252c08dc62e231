import type { Column, RowOf } from "../core/table.ts";
import { version } from "../version.ts";
import { formatCsv } from "../files/csv-text.ts";
import { packageOf, resource } from "./datapackage.ts";
import { writeDescribed } from "./described.ts";
import { hostFacts } from "./results.ts";
import { writeFigure } from "./write-figure.ts";

/** A CSV file of results. */
export interface ResultTable<Columns extends readonly Column[] = readonly Column[]> {
  /** name of the file, without .csv */
  readonly name: string;
  /** one line that says what a row stands for */
  readonly title: string;
  readonly columns: Columns;
  readonly rows: readonly RowOf<Columns>[];
  readonly primaryKey: readonly string[];
}

/** A table whose rows the type checker holds to its columns. */
export const resultTable = <const Columns extends readonly Column[]>(
  table: ResultTable<Columns>,
): ResultTable => table;

/** Results of an experiment whose rows are not trials. */
export interface Results {
  readonly name: string;
  readonly question: string;
  readonly tables: readonly ResultTable[];
  /** Vega-Lite specifications by the names of their files */
  readonly figures: Readonly<Record<string, object>>;
  /** facts on how the results were made, for the manifest */
  readonly manifest: object;
}

/** Writes the tables, datapackage.json, manifest.json and the figures. Returns the figures' paths. */
export async function writeTables(folder: string, results: Results): Promise<string[]> {
  const { name, question, tables, figures, manifest } = results;
  const files = Object.fromEntries(
    tables.map((table) => [`${table.name}.csv`, formatCsv(table.columns, table.rows)]),
  );
  const resources = tables.map((table) =>
    resource(table.name, table.title, table.columns, { primaryKey: table.primaryKey }),
  );
  writeDescribed(folder, {
    files,
    dataPackage: packageOf(name, question, version, resources),
    facts: { name, question, ...manifest, figures: Object.keys(figures) },
  });
  const paths: string[] = [];
  for (const [file, figure] of Object.entries(figures))
    paths.push(...(await writeFigure(folder, file, figure)));
  return paths;
}

/** Writes measurements of this machine. The manifest says when they were taken, since no two runs measure the same. */
export const writeMeasured = (folder: string, { manifest, ...results }: Results): Promise<string[]> =>
  writeTables(folder, {
    ...results,
    manifest: {
      measured: new Date().toISOString(),
      reproducible: "times are this machine's: another run gives others",
      host: hostFacts(),
      ...manifest,
    },
  });
