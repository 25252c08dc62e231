import { publishedScores } from "../files/published.ts";
import type { TrialRow } from "../trial/columns.ts";
import { chartsOfTrials } from "./charts.ts";
import type { Chart, ChartSettings } from "./charts.ts";
import { writeFigure } from "./write-figure.ts";
import type { FigureFormat } from "./write-figure.ts";

export interface DrawSettings extends Omit<ChartSettings, "published"> {
  /** folder that the files are written to */
  readonly out: string;
  /** default: all */
  readonly formats?: readonly FigureFormat[] | undefined;
}

/**
 * Draws figures of rows of results beside the scores of data/published-scores.csv. Each figure's files bear its name.
 * Returns the paths of the files.
 *
 * @throws UsageError for an unknown figure, or one that is asked for and that the rows cannot show
 */
export async function drawFigures(rows: readonly TrialRow[], settings: DrawSettings): Promise<string[]> {
  return writeCharts(chartsOfTrials(rows, { ...settings, published: publishedScores() }), settings);
}

/** Writes figures, one after the other. Returns the paths of the files. */
export async function writeCharts(
  charts: readonly Chart[],
  { out, formats }: Pick<DrawSettings, "out" | "formats">,
): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, spec } of charts) paths.push(...(await writeFigure(out, name, spec, formats)));
  return paths;
}
