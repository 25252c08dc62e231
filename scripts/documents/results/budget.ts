import { formatMean } from "../../../src/core/units.ts";
import { scoreOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { Score } from "./data.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import type { ResultSection } from "./section.ts";

const name = "budget";

/** Variants that keep every token. */
const keeping = ["dense", "quest(budget=4096)", "moba", "nsa", "tree(beam=256)", "dsa(k=2048)", "dsa"];

const users = [100, 200, 500, 1000, 2000];

/** Searches of a variant for a number of users on a system that they fit. */
const fitting = (system: string, count: number, variant: string): readonly TrialRow[] =>
  trialsOf(name).filter(
    (row) =>
      row.benchmark === "graphwalks-bfs" &&
      row.system === system &&
      row.users === count &&
      row.variant === variant &&
      row.fits === true,
  );

/** The variant that keeps every token and scores best on searches, among those that fit. */
function best(system: string, count: number): { readonly variant: string; readonly score: Score } | undefined {
  return keeping
    .flatMap((variant) => {
      const rows = fitting(system, count, variant);
      return rows.length === 0 ? [] : [{ variant, score: scoreOf(rows) }];
    })
    .sort((a, b) => b.score.mean - a.score.mean)[0];
}

/** The most users, of the numbers tried, that a variant fits. */
const most = (system: string, variant: string): number =>
  Math.max(0, ...users.filter((count) => fitting(system, count, variant).length > 0));

export function budget(): ResultSection {
  const [old, young] = ["gb200-nvl72", "gb300-nvl72"] as const;
  const found = best(old, 500);
  const [dense, dsa] = ["dense", "dsa(k=2048)"].map((variant) => scoreOf(fitting(old, 100, variant))) as [
    Score,
    Score,
  ];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `With DeepSeek-V3's dimensions and 25 ms a step, none of the ${keeping.length} settings that keep every token fits 1,000 users of 1M tokens on a GB200 or GB300 rack.`,
        holds: [old, young].every((system) => best(system, 1000) === undefined),
      },
      {
        text: `Of those that fit 500 users on a GB200 rack, ${found?.variant ?? "none"} searches best: ${found === undefined ? "-" : `${formatMean(found.score)} (n = ${found.score.n})`}. DSA with its published 2,048 tokens fits ${most(old, "dsa(k=2048)")} users on a GB200 rack and ${most(young, "dsa(k=2048)")} on a GB300 rack, of the numbers tried.`,
        holds: found !== undefined && found.score.low > 0.5,
      },
      {
        text: `At 100 users dense attention and DSA both fit a GB200 rack; searches score ${formatMean(dense)} and ${formatMean(dsa)} (n = ${dsa.n}).`,
        holds: dense.high < dsa.low,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "budget.png",
  };
}
