import { cellsOf, scoreTablesOf, settingsOf, shown, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "budget";

/** Variants that keep every token. */
const keeping = ["dense", "quest(budget=4096)", "moba", "nsa", "tree(beam=256)", "dsa(k=2048)", "dsa"];

export function budget(): ResultSection {
  const rows = trialsOf(name);
  const fits = (system: string, users: number, variants: readonly string[]) =>
    rows.filter(
      (row) =>
        row.budget.includes(`system=${system},`) &&
        row.budget.includes(`users=${users},`) &&
        variants.includes(row.variant) &&
        row.fits === true,
    );
  const search = cellsOf(name, "graphwalks-bfs: gb200-nvl72, deepseek-v3, step-ms=25");
  const quest = search("quest(budget=4096)", "1M, 500 users");
  const [published, all] = [search("dsa(k=2048)", "1M, 100 users"), search("dsa", "1M, 100 users")];
  return {
    name,
    settings: settingsOf(rows),
    findings: [
      {
        text: `With DeepSeek-V3's dimensions and 25 ms a step, none of the ${keeping.length} settings that keep every token fits 1,000 users of 1M tokens on a GB200 or GB300 rack.`,
        holds:
          fits("gb200-nvl72", 1000, keeping).length + fits("gb300-nvl72", 1000, keeping).length === 0 &&
          fits("gb300-nvl72", 500, keeping).length > 0,
      },
      {
        text: `At 500 users Quest fits a GB200 rack and searches score ${shown(quest)} (n = ${quest.n}); DSA fits the GB300 rack alone.`,
        holds:
          fits("gb200-nvl72", 500, ["dsa(k=2048)"]).length === 0 &&
          fits("gb300-nvl72", 500, ["dsa(k=2048)"]).length > 0,
      },
      {
        text: `A larger selection is not a better one: with the budget of 100 users DSA reads everything and scores ${shown(all)}, at its published 2,048 tokens ${shown(published)} (n = ${all.n}).`,
        holds: all.high < published.low,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "budget.png",
  };
}
