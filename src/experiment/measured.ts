import { join } from "node:path";
import type { Column, TrialRow } from "../simulate/columns.ts";
import { version } from "../version.ts";
import { formatCsv } from "./csv.ts";
import { packageOf, resource } from "./datapackage.ts";
import { writeAtomic } from "./files.ts";
import { renderPng, renderSvg } from "./figures/render.ts";
import { hostFacts } from "./results.ts";

/** A CSV file of measurements. */
export interface MeasuredTable {
  /** name of the file, without .csv */
  readonly name: string;
  /** what a row is */
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TrialRow[];
  readonly primaryKey: readonly string[];
}

/** Measurements of this machine, which no two runs have alike. */
export interface Measured {
  readonly name: string;
  readonly question: string;
  readonly tables: readonly MeasuredTable[];
  /** a Vega-Lite specification */
  readonly figure: object;
  /** engines, settings, limits: for the manifest */
  readonly manifest: object;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes the tables, datapackage.json, manifest.json and the figure. Returns the figure's paths. */
export async function writeMeasured(folder: string, measured: Measured): Promise<string[]> {
  const { name, question, tables, figure, manifest } = measured;
  for (const table of tables)
    writeAtomic(join(folder, `${table.name}.csv`), formatCsv(table.columns, table.rows));
  const resources = tables.map((table) =>
    resource(table.name, table.title, table.columns, { primaryKey: table.primaryKey }),
  );
  writeAtomic(join(folder, "datapackage.json"), json(packageOf(name, question, version, resources)));
  const written = {
    name,
    question,
    measured: new Date().toISOString(),
    reproducible: "times are this machine's: another run gives others",
    host: hostFacts(),
    ...manifest,
  };
  writeAtomic(join(folder, "manifest.json"), json(written));
  const svg = await renderSvg(figure);
  const paths = ["svg", "png"].map((kind) => join(folder, `${name}.${kind}`));
  writeAtomic(paths[0]!, svg);
  writeAtomic(paths[1]!, renderPng(svg));
  return paths;
}
