import { UsageError } from "../core/errors.ts";
import { figures, findFigure } from "../figures/registry.ts";
import { publishedScores } from "../files/published.ts";
import type { TrialRow } from "../trial/columns.ts";
import { writeFigure } from "./write-figure.ts";
import type { FigureFormat } from "./write-figure.ts";

export interface DrawSettings {
  /** folder that the files are written to */
  readonly out: string;
  /** the figures' title */
  readonly title: string;
  /** names of figures. Default: all that the rows can show. */
  readonly names?: readonly string[] | undefined;
  /** variant spec that others are compared with on the same problems */
  readonly reference?: string | undefined;
  /** default: all */
  readonly formats?: readonly FigureFormat[] | undefined;
}

/**
 * Draws figures of rows of results beside the scores of data/published-scores.csv. Each figure's files bear its name.
 * Returns the paths of the files.
 *
 * @throws UsageError for an unknown figure, or one that is asked for and that the rows cannot show
 */
export async function drawFigures(
  rows: readonly TrialRow[],
  { out, title, names, formats, reference }: DrawSettings,
): Promise<string[]> {
  const chosen = names?.map(findFigure) ?? figures.filter((figure) => figure.applies(rows, reference));
  const paths: string[] = [];
  for (const { name, needs, applies, spec } of chosen) {
    if (!applies(rows, reference))
      throw new UsageError(`the rows cannot be drawn as ${name}: it needs ${needs}`);
    const drawn = spec(rows, { title, published: publishedScores(), reference });
    paths.push(...(await writeFigure(out, name, drawn, formats)));
  }
  return paths;
}
