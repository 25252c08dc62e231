import { formatShare } from "../../../src/core/units.ts";
import { formatLength } from "../../../src/core/length.ts";
import { rowOf, rowsOf, scoreOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "ruler";

export function ruler(): ResultSection {
  const summary = rowsOf(`${name}/summary.csv`);
  const named = (tokens: string | undefined): string =>
    tokens === undefined || tokens === "" ? "none" : formatLength(Number(tokens));
  const effective = (variant: string): string => {
    const row = rowOf(`${name}/summary.csv`, { variant });
    return `${named(row["effective"])} [${named(row["effectiveLow"])} ${named(row["effectiveHigh"])}]`;
  };
  const longest = trialsOf(name).filter(({ tokensNominal }) => formatLength(tokensNominal) === "1M");
  const at1M = (variant: string) => scoreOf(longest.filter((row) => row.variant === variant));
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `By RULER's rule (mean of eleven tasks at least .856 at every length up to there) the effective lengths of dense attention, DSA and NSA are ${["dense", "dsa", "nsa"].map(effective).join(", ")}, of Quest and MoBA ${effective("quest")} and ${effective("moba")}, of SnapKV ${effective("snapkv")}; a sliding window reaches no length. Brackets: the same by the ends of the means' 95% intervals; 256K is the longest length with two problems a task, so that none is claimed beyond it.`,
        holds:
          ["dense", "dsa", "nsa"].every((variant) => effective(variant).startsWith("256K")) &&
          effective("quest") === effective("moba") &&
          effective("sink-window").startsWith("none"),
      },
      {
        text: `One problem a task stands behind the means at 1M tokens, so that they have no interval: dense ${formatShare(at1M("dense").mean)}, DSA ${formatShare(at1M("dsa").mean)}, Quest ${formatShare(at1M("quest").mean)} (n = ${at1M("dense").n}: one of each task).`,
        holds: at1M("dense").n === 11,
      },
    ],
    tables: [
      table({
        titles: ["variant", "mean at 1M, n=11", "effective length"],
        rows: summary.map(({ variant, score }) => [variant!, formatShare(Number(score)), effective(variant!)]),
      }),
      ...scoreTablesOf(name),
    ],
    figure: "accuracy.png",
  };
}
