import { formatLength } from "../../../src/core/length.ts";
import { isMeanField, scoreOf, settingsOf, shown, trialsOf } from "./data.ts";
import type { Score } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "think";
const times = [1, 2, 4, 8, 16];

/** Scores of breadth-first searches of a variant at a length and a number of reads. */
const search = (variant: string, length: string, reads: number, meanField = true): Score =>
  scoreOf(
    trialsOf(name).filter(
      (row) =>
        row.benchmark === "graphwalks-bfs" &&
        row.variant === variant &&
        formatLength(row.tokensNominal) === length &&
        row.reads === reads &&
        isMeanField(row) === meanField,
    ),
  );

export function think(): ResultSection {
  const [once, often] = [search("dense", "1M", 1), search("dense", "1M", 16)];
  const [full, fullOften] = [search("dense", "1M", 1, false), search("dense", "1M", 16, false)];
  const [one, two] = [search("dense", "256K", 1), search("dense", "256K", 2)];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `Sixteen reads of each query lift a dense search at 1M tokens from ${shown(once)} to ${shown(often)} (mean field, n = ${often.n}; full numerics ${shown(full)} to ${shown(fullOften)}, n = ${full.n}), and a step costs sixteen times the reads.`,
        holds: often.low > once.high && fullOften.low > full.high,
      },
      {
        text: `More is not always better: two reads of dense attention at 256K tokens score ${shown(two)}, one read ${shown(one)} (mean field, n = ${one.n}).`,
        holds: two.high < one.low,
      },
    ],
    tables: (["256K", "1M"] as const).map((length) =>
      table({
        titles: [`searches, ${length}, mean field`, ...times.map((reads) => `${reads} reads`)],
        rows: ["dense", "dense+yarn", "oracle", "dsa", "moba"].map((variant) => [
          variant,
          ...times.map((reads) => shown(search(variant, length, reads))),
        ]),
      }),
    ),
    figure: "reads.png",
  };
}
