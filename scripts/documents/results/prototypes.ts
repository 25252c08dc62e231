import { formatMean, formatShare } from "../../../src/core/units.ts";
import { isNear, thresholds } from "../../../src/studies/rules.ts";
import { cellsOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";
import { beside } from "./words.ts";

const name = "prototypes";

export function prototypes(): ResultSection {
  const search = cellsOf(name, "graphwalks-bfs");
  const requests = cellsOf(name, "mrcr(keys=whole)");
  const [dense, dsa] = [search("dense", "1M"), search("dsa(k=2048)", "1M")];
  const graphs = [
    [dense, 0],
    [dsa, 0.94],
  ] as const;
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `On graphs of 1M tokens full numerics and the prototypes are ${graphs.every(([score, value]) => isNear(score.mean, value)) ? "near each other" : "apart"}: dense attention scores ${formatMean(dense)} (prototype ${formatShare(graphs[0][1])}) and DSA ${formatMean(dsa)} (prototype ${formatShare(graphs[1][1])}, n = ${dsa.n}; near: within ${formatShare(thresholds.near)}).`,
        holds: true,
      },
      {
        text: `With whole requests dense attention scores at 256K ${beside(requests("dense", "256K"), 0.87, "the prototype's")} (n = ${requests("dense", "256K").n}); at 1M ${beside(requests("dense", "1M"), 0.38, "the prototype's")} (n = ${requests("dense", "1M").n}); and DSA at 1M ${beside(requests("dsa(k=2048)", "1M"), 0.94, "the prototype's")} (n = ${requests("dsa(k=2048)", "1M").n}).`,
        holds: true,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "accuracy.png",
  };
}
