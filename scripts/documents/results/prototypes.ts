import { formatMean } from "../../../src/core/units.ts";
import { cellsOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "prototypes";

export function prototypes(): ResultSection {
  const search = cellsOf(name, "graphwalks-bfs");
  const requests = cellsOf(name, "mrcr(keys=whole)");
  const [dense, dsa] = [search("dense", "1M"), search("dsa(k=2048)", "1M")];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `Full numerics agree with the prototypes on graphs: at 1M tokens dense attention scores ${formatMean(dense)} (prototype .00) and DSA ${formatMean(dsa)} (prototype .94, n = ${dsa.n}).`,
        holds: dense.low <= 0.05 && dsa.low <= 0.94 && dsa.high >= 0.9,
      },
      {
        text: `With whole requests, selection agrees too, but dense attention falls lower beyond 128K: ${formatMean(requests("dense", "256K"))} at 256K (prototype .87, n = ${requests("dense", "256K").n}) and ${formatMean(requests("dense", "1M"))} at 1M (prototype .38, n = ${requests("dense", "1M").n}).`,
        holds: requests("dense", "1M").high < 0.38,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "accuracy.png",
  };
}
