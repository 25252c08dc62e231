import { problemsInWords } from "../../studies/agreement/compare.ts";
import type { AblationResult, PartDifference } from "../../studies/agreement/ablation/result.ts";
import { agreementWords, between, points, rank } from "./agreement.ts";
import { formatTable } from "./table.ts";

const signed = (text: string): string => (text.startsWith("-") ? text : `+${text}`);
const difference = ({ value, interval }: PartDifference): string =>
  `${signed(points(value))} ${between(interval)}`;

/** Agreement without each part of the reader as text. */
export function formatAblation({ full, parts, trials, reader }: AblationResult): string {
  const given = Object.entries(reader).map(([name, value]) => `${name} ${value}`);
  return [
    `${full.settings} settings, ${full.cells} scores, ${problemsInWords(trials)}; reader: ${given.join(", ")}`,
    formatTable(
      [
        "without",
        "on",
        "off",
        "error a setting",
        "less the full reader's",
        "error a cell",
        "less the full reader's",
        "Spearman",
        "less the full reader's",
      ],
      [
        [
          "nothing",
          null,
          null,
          `${points(full.settingError)} ${between(full.intervals.settingError)}`,
          null,
          points(full.cellError),
          null,
          rank(full.spearman),
          null,
        ],
        ...parts.map(({ name, on, off, figures, differences: d }) => [
          name,
          String(on),
          String(off),
          points(figures.settingError),
          difference(d.settingError),
          points(figures.cellError),
          difference(d.cellError),
          rank(figures.spearman),
          `${signed(rank(d.spearman.value)!)} [${rank(d.spearman.interval.low)} ${rank(d.spearman.interval.high)}]`,
        ]),
      ],
    ),
    `differences are paired: the same settings and problems with both readers; ${agreementWords}`,
  ].join("\n\n");
}
