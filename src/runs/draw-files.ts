import { publishedScores } from "../files/published.ts";
import { readTable } from "../files/rows.ts";
import type { RowCondition } from "../files/where.ts";
import { chartsOfTable } from "./charts.ts";
import type { TableSettings } from "./charts.ts";
import { writeCharts } from "./draw.ts";
import type { DrawSettings } from "./draw.ts";

/** Files of results, the rows of them to draw, and how. */
export interface DrawnFiles extends DrawSettings, Pick<TableSettings, "variants" | "x" | "y" | "warn"> {
  readonly files: readonly string[];
  /** conditions that rows meet */
  readonly where: readonly RowCondition[];
}

/**
 * Draws CSV and Parquet files: rows of trials as the figures of trials, any other table as lines over its lengths or users. Returns
 * the paths of the figures.
 *
 * @throws UsageError for files that cannot be read, rows that cannot be drawn, and where no row is left
 */
export async function drawFiles({ files, where: conditions, ...settings }: DrawnFiles): Promise<string[]> {
  const rows = (await Promise.all(files.map(readTable))).flat();
  const asked = { ...settings, where: files.join(", "), conditions, published: publishedScores() };
  return writeCharts(chartsOfTable(rows, asked), settings);
}
