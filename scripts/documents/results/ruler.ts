import { formatMean, formatShare } from "../../../src/core/units.ts";
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
  const dense = at1M("dense");
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `By RULER's rule (mean of eleven tasks at least .856 at every length up to there) the effective lengths of dense attention, DSA and NSA are ${["dense", "dsa", "nsa"].map(effective).join(", ")}, of Quest and MoBA ${effective("quest")} and ${effective("moba")}, of SnapKV ${effective("snapkv")}; a sliding window reaches no length. Brackets: the same by the ends of the means' 95% intervals (20 problems of each task to 256K, ten at 1M).`,
        holds:
          effective("dense") === "1M [256K 1M]" &&
          ["dsa", "nsa"].every((variant) => effective(variant) === "1M [1M 1M]") &&
          ["quest", "moba"].every((variant) => effective(variant).startsWith("64K")) &&
          effective("sink-window").startsWith("none"),
      },
      {
        text: `At 1M tokens the means over the tasks are ${formatMean(dense)} with dense attention, ${formatMean(at1M("dsa"))} with DSA and ${formatMean(at1M("quest"))} with Quest (n = ${dense.n}: ${dense.n / 11} of each task).`,
        holds: at1M("quest").mean < dense.mean && dense.mean < at1M("dsa").mean,
      },
    ],
    tables: [
      table({
        titles: ["variant", `mean at 1M, n=${dense.n}`, "effective length"],
        rows: summary.map(({ variant, score }) => [variant!, formatShare(Number(score)), effective(variant!)]),
      }),
      ...scoreTablesOf(name),
    ],
    figure: "accuracy.png",
  };
}
