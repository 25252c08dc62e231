import { formatMean } from "../../../src/core/units.ts";
import { differenceOf, scoreOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { Score } from "./data.ts";
import { directionOf } from "../../../src/studies/rules.ts";
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

interface Fitting {
  readonly variant: string;
  readonly rows: readonly TrialRow[];
  readonly score: Score;
}

/** The variants that keep every token and fit, the best searches first. */
const ranked = (system: string, count: number): Fitting[] =>
  keeping
    .flatMap((variant) => {
      const rows = fitting(system, count, variant);
      return rows.length === 0 ? [] : [{ variant, rows, score: scoreOf(rows) }];
    })
    .sort((a, b) => b.score.mean - a.score.mean);

/** The best of them, and those that score neither more nor less on the same problems. */
function best([first, ...others]: readonly Fitting[]): string {
  if (first === undefined) return "none searches at all";
  const alike = others.filter(({ rows }) => directionOf(differenceOf(rows, first.rows)) === "unclear");
  const beside = alike.map(({ variant, score }) => `${variant} (${formatMean(score)})`).join(" and ");
  return `${first.variant} searches best: ${formatMean(first.score)} (n = ${first.score.n})${beside === "" ? "" : `, and on the same problems neither more nor less than ${beside}`}`;
}

/** The most users, of the numbers tried, that a variant fits. */
const most = (system: string, variant: string): number =>
  Math.max(0, ...users.filter((count) => fitting(system, count, variant).length > 0));

export function budget(): ResultSection {
  const [old, young] = ["gb200-nvl72", "gb300-nvl72"] as const;
  const found = ranked(old, 500);
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
        holds: [old, young].every((system) => ranked(system, 1000).length === 0),
      },
      {
        text: `Of those that fit 500 users on a GB200 rack, ${best(found)}. DSA with its published 2,048 tokens fits ${most(old, "dsa(k=2048)")} users on a GB200 rack and ${most(young, "dsa(k=2048)")} on a GB300 rack, of the numbers tried.`,
        holds: found.length > 0,
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
