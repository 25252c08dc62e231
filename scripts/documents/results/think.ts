import { formatMean } from "../../../src/core/units.ts";
import { formatLength } from "../../../src/core/length.ts";
import { differenceOf, isMeanField, scoreOf, settingsOf, trialsOf } from "./data.ts";
import type { Score } from "./data.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "think";
const times = [1, 2, 4, 8, 16];

/** Rows of searches by variant, length and reads. */
const rowsOfSearch = (variant: string, length: string, reads: number, meanField = true): TrialRow[] =>
  trialsOf(name).filter(
    (row) =>
      row.benchmark === "graphwalks-bfs" &&
      row.variant === variant &&
      formatLength(row.tokensNominal) === length &&
      row.reads === reads &&
      isMeanField(row) === meanField,
  );

const search = (variant: string, length: string, reads: number, meanField = true): Score =>
  scoreOf(rowsOfSearch(variant, length, reads, meanField));

export function think(): ResultSection {
  const [once, often] = [search("dense", "1M", 1), search("dense", "1M", 16)];
  const [full, fullOften] = [search("dense", "1M", 1, false), search("dense", "1M", 16, false)];
  const [one, two] = [search("dense", "256K", 1), search("dense", "256K", 2)];
  const change = differenceOf(rowsOfSearch("dense", "256K", 2), rowsOfSearch("dense", "256K", 1));
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `Sixteen reads of each query lift a dense search at 1M tokens from ${formatMean(once)} to ${formatMean(often)} (mean field, n = ${often.n}; full numerics ${formatMean(full)} to ${formatMean(fullOften)}, n = ${full.n}), and a step costs sixteen times the reads.`,
        holds: often.low > once.high && fullOften.low > full.high,
      },
      {
        text: `More reads are not shown to help a dense search at 256K tokens: two reads score ${formatMean(two)}, one read ${formatMean(one)}, a difference of ${formatMean(change)} on the same problems (mean field, n = ${one.n}).`,
        holds: change.low < 0,
      },
    ],
    tables: (["256K", "1M"] as const).map((length) =>
      table({
        titles: [`searches, ${length}, mean field`, ...times.map((reads) => `${reads} reads`)],
        rows: ["dense", "dense+yarn", "oracle", "dsa", "moba"].map((variant) => [
          variant,
          ...times.map((reads) => formatMean(search(variant, length, reads))),
        ]),
      }),
    ),
    figure: "reads.png",
  };
}
