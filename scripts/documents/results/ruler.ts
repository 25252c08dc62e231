import { formatShare } from "../../../src/core/units.ts";
import { formatLength } from "../../../src/core/length.ts";
import { rowOf, rowsOf, scoreOf, scoreTablesOf, settingsOf, shown, trialsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "ruler";

export function ruler(): ResultSection {
  const summary = rowsOf(`${name}/summary.csv`);
  const effective = (variant: string): string => {
    const { effective: tokens } = rowOf(`${name}/summary.csv`, { variant });
    return tokens === "" ? "none" : formatLength(Number(tokens));
  };
  const longest = trialsOf(name).filter(({ tokensNominal }) => formatLength(tokensNominal) === "1M");
  const at1M = (variant: string) => scoreOf(longest.filter((row) => row.variant === variant));
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `By RULER's rule (mean of eleven tasks at least .856) dense attention, DSA and NSA use 1M tokens, Quest and MoBA ${effective("quest")}, SnapKV ${effective("snapkv")}; a sliding window reaches no length.`,
        holds:
          ["dense", "dsa", "nsa"].every((variant) => effective(variant) === "1M") &&
          effective("quest") === effective("moba") &&
          effective("sink-window") === "none",
      },
      {
        text: `One problem a task stands behind the means at 1M tokens, so that they are rough: dense ${shown(at1M("dense"))}, DSA ${shown(at1M("dsa"))}, Quest ${shown(at1M("quest"))} (n = ${at1M("dense").n}).`,
        holds: at1M("dense").n === 11,
      },
    ],
    tables: [
      table({
        titles: ["variant", "mean at 1M", "effective length"],
        rows: summary.map(({ variant, score }) => [variant!, formatShare(Number(score)), effective(variant!)]),
      }),
      ...scoreTablesOf(name),
    ],
    figure: "accuracy.png",
  };
}
