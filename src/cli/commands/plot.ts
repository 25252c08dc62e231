import type { Command } from "@commander-js/extra-typings";
import { basename, dirname, resolve } from "node:path";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { figures, findFigure } from "../../figures/registry.ts";
import { drawFigures } from "../../runs/draw.ts";
import { figureFormats } from "../../runs/write-figure.ts";
import type { FigureFormat } from "../../runs/write-figure.ts";
import { readTrialRows } from "../../files/csv.ts";
import { readManifest } from "../../runs/manifest.ts";

const list = (text: string): string[] => text.split(",").map((item) => item.trim());

const formatList = (text: string): FigureFormat[] =>
  list(text).map((item) => {
    const found = figureFormats.find((format) => format === item);
    if (found === undefined) throw new InvalidArgumentError(`allowed: ${figureFormats.join(", ")}`);
    return found;
  });

const figureList = (text: string): string[] => list(text).map((name) => findFigure(name).name);

/** The question in the manifest beside a results file; without a manifest the name of the folder. */
const titleOf = (csv: string): string =>
  readManifest(dirname(csv))?.question ?? basename(dirname(resolve(csv)));

const help = `
Figures:
${figures.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join("\n")}`;

/** `attnsim plot`: figures of any results CSV. */
export default function plotCommand(command: Command): void {
  command
    .argument("<csv>", "results file of attnsim, edited or not: results/length-sweep/data.csv")
    .option("--out <folder>", "folder of the figures (default: that of the CSV)")
    .option("--figure <names>", "figures, with commas (default: all that the rows can show)", figureList)
    .option("--format <formats>", "svg, png or both", formatList)
    .option("--title <text>", "title above the figures (default: the question of the folder's manifest)")
    .addHelpText("after", help)
    .action(async (csv, { out = dirname(csv), figure, format, title = titleOf(csv) }) => {
      const paths = await drawFigures(readTrialRows(csv), { out, title, names: figure, formats: format });
      for (const path of paths) console.log(path);
    });
}
