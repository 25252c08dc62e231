import { bytesShare, cellsOf, differenceOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import { formatLength } from "../../../src/core/length.ts";
import { formatDifference, formatMean, formatPercent, formatShare } from "../../../src/core/units.ts";
import type { MeanEstimate } from "../../../src/core/stats.ts";
import { directionOf } from "../../../src/studies/rules.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import type { ResultSection } from "./section.ts";

const name = "length-sweep";
const search = cellsOf(name, "graphwalks-bfs");
const requests = cellsOf(name, "mrcr-v2-8needle");

/** The graphs of 1M tokens with a variant. */
const graphsAt1M = (variant: string): readonly TrialRow[] =>
  trialsOf(name).filter(
    (row) =>
      row.benchmark === "graphwalks-bfs" && row.variant === variant && formatLength(row.tokensNominal) === "1M",
  );

export function lengthSweep(): ResultSection {
  const [dense, dsa] = [search("dense", "1M"), search("dsa", "1M")];
  const nsa = search("nsa", "1M");
  const gain = (variant: string): MeanEstimate => differenceOf(graphsAt1M(variant), graphsAt1M("dense"));
  const share = bytesShare("dsa", 2 ** 20);
  const [early, late] = [requests("dense", "64K"), requests("dense", "256K")];
  const blind = ["sink-window", "snapkv"].map((variant) => search(variant, "64K"));
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `At 1M tokens breadth-first search scores ${formatMean(dense)} with dense attention, ${formatMean(dsa)} with DSA, which on its own model reads ${formatPercent(share)} of the bytes of dense attention, and ${formatMean(nsa)} with NSA: on the same graphs ${formatDifference(gain("dsa"))} and ${formatDifference(gain("nsa"))} (F1, n = ${dense.n}; at 256K dense attention scores ${formatMean(search("dense", "256K"))} and DSA ${formatMean(search("dsa", "256K"))}, n = ${search("dsa", "256K").n}).`,
        holds: directionOf(gain("nsa")) === "rises" && share < 0.25,
      },
      {
        text: `With eight identical requests dense attention falls from ${formatMean(early)} at 64K to ${formatMean(late)} at 256K tokens (n = ${late.n}) and ${formatMean(requests("dense", "1M"))} at 1M (n = ${requests("dense", "1M").n}); DSA scores ${formatMean(requests("dsa", "64K"))}, ${formatMean(requests("dsa", "256K"))} and ${formatMean(requests("dsa", "1M"))}.`,
        holds: late.high < early.low && late.high < requests("dsa", "256K").low,
      },
      {
        text: `A sliding window and SnapKV, which drop tokens before they see the question, score ${blind.map(formatMean).join(" and ")} on searches of 64K tokens (n = ${blind[0]!.n}).`,
        holds: blind.every(({ high }) => high < 0.2),
      },
      {
        text: `MoBA's blocks of 4,096 tokens blur single edges: its searches score ${formatMean(search("moba", "64K"))} at 64K and ${formatShare(search("moba", "1M").mean)} at 1M (n = ${search("moba", "64K").n} and ${search("moba", "1M").n}).`,
        holds: search("moba", "1M").high < search("moba", "64K").low,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "accuracy.png",
  };
}
