import type { Command } from "@commander-js/extra-typings";
import { basename, dirname, resolve } from "node:path";
import { figures, findFigure } from "../../figures/registry.ts";
import { parseCondition } from "../../files/where.ts";
import { drawFiles } from "../../runs/draw-files.ts";
import { figureFormats } from "../../runs/write-figure.ts";
import { readManifest } from "../../runs/manifest.ts";
import { referenceOption } from "../options/results.ts";
import { collect, list, oneOf } from "../options/values.ts";
import { print, printError } from "../print/print.ts";

const figureName = (text: string): string => findFigure(text).name;

/** The question in the manifest beside a results file; without a manifest the name of the folder. */
const titleOf = (csv: string): string =>
  readManifest(dirname(csv))?.question ?? basename(dirname(resolve(csv)));

const width = 2 + Math.max(...figures.map(({ name }) => name.length));

const help = `
Figures:
${figures.map(({ name, summary, needs }) => `  ${name.padEnd(width)}${summary}; needs ${needs}`).join("\n")}`;

/** `attnsim plot`: figures of any results CSV. */
export default function plotCommand(command: Command): void {
  command
    .argument(
      "<csv...>",
      "results as CSV or Parquet: of attnsim, edited ones, or of your own (variant, tokens, score)",
    )
    .option("--out <folder>", "folder of the figures (default: that of the first CSV)")
    .option(
      "--where <condition>",
      "rows to draw: tokens<=128K, model=deepseek-v3; more with commas or again",
      list(parseCondition),
    )
    .option("--variant <spec>", "variants to draw; more with commas or again", collect)
    .option("--x <column>", "column along the x axis, of a table that holds no trials")
    .option("--y <column>", "column along its y axis")
    .option(
      "--figure <name>",
      "figures; more with commas or again (default: all that the rows can show)",
      list(figureName),
    )
    .option("--format <format>", "svg, png or both", list(oneOf("format", figureFormats)))
    .option("--title <text>", "title above the figures (default: the question of the folder's manifest)")
    .option(...referenceOption)
    .addHelpText("after", help)
    .action(async ([first, ...more], { figure, format, variant, ...options }) => {
      const { out = dirname(first!), title = titleOf(first!), where = [], x, y } = options;
      const settings = { out, title, names: figure, formats: format, reference: options.reference };
      const files = [first!, ...more];
      const warn = (text: string): void => printError(`warning: ${text}`);
      for (const path of await drawFiles({ ...settings, files, where, variants: variant, x, y, warn }))
        print(path);
    });
}
