import { problemsInWords } from "../../studies/agreement/compare.ts";
import type { AgreementFigures } from "../../studies/agreement/compare.ts";
import type { AgreementFit } from "../../studies/agreement/fit/result.ts";
import { points, rank } from "./agreement.ts";
import { formatTable } from "./table.ts";

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** A fitted reader as text. */
export function formatAgreementFit(fit: AgreementFit): string {
  const { rows, numbers, reader, loss, before, tried, figures, figuresBefore, trials } = fit;
  const row = (title: string, value: number, f: AgreementFigures) => [
    title,
    value.toFixed(4),
    points(f.settingError),
    points(f.cellError),
    points(f.bias),
    rank(f.spearman),
  ];
  return [
    `fitted to ${figures.settings} settings, ${figures.cells} scores of ${rows.methods.join(", ")} on ${rows.model} at ${rows.tokens} tokens (${rows.source}); ${problemsInWords(trials)}, ${tried.length} points tried`,
    formatTable(
      ["number", "fitted", "95%", "range of the search"],
      numbers.map(({ name, value, low, high, lowest, highest }) => [
        name,
        short(value),
        `[${short(low)} ${short(high)}]`,
        `${lowest} to ${highest}`,
      ]),
    ),
    formatTable(
      ["on the fitted rows", "loss", "error a setting", "error a cell", "bias", "Spearman"],
      [row("the reader as given", before, figuresBefore), row("fitted", loss, figures)],
    ),
    `reader: ${Object.entries(reader)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}`,
    "all other rows are predictions: copy agreement-reader.json to data/, and run attnsim agreement",
  ].join("\n\n");
}
