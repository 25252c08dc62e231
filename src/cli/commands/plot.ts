import type { Command } from "@commander-js/extra-typings";
import { basename, dirname, resolve } from "node:path";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { drawFigures, figures, findFigure, formats } from "../../runs/draw.ts";
import type { Format } from "../../runs/draw.ts";
import { readTrialRows } from "../../files/csv.ts";
import { readManifest } from "../../runs/results.ts";

const list = (text: string): string[] => text.split(",").map((item) => item.trim());

const formatList = (text: string): Format[] =>
  list(text).map((item) => {
    const found = formats.find((format) => format === item);
    if (found === undefined) throw new InvalidArgumentError(`allowed: ${formats.join(", ")}`);
    return found;
  });

const figureList = (text: string): string[] => list(text).map((name) => findFigure(name).name);

/** The question that the manifest beside a results file says it answers, else the name of its folder. */
const titleOf = (csv: string): string =>
  readManifest(dirname(csv))?.question ?? basename(dirname(resolve(csv)));

const help = `
Figures:
${figures.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join("\n")}`;

/** `attnsim plot`: figures of any results CSV. */
export default function plotCommand(command: Command): void {
  command
    .argument("<csv>", "a results file, of attnsim or edited: results/length-sweep/data.csv")
    .option("--out <folder>", "folder of the figures; that of the CSV when absent")
    .option("--figure <names>", "figures, with commas; all that the rows can show when absent", figureList)
    .option("--format <formats>", "svg, png or both", formatList)
    .option(
      "--title <text>",
      "what stands above the figures; the question of the folder's manifest when absent",
    )
    .addHelpText("after", help)
    .action(async (csv, { out = dirname(csv), figure, format, title = titleOf(csv) }) => {
      const paths = await drawFigures(readTrialRows(csv), { out, title, names: figure, formats: format });
      for (const path of paths) console.log(path);
    });
}
