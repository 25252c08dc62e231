import { formatPercent, formatSeconds } from "../../../src/core/units.ts";
import { compare } from "../../../src/studies/rules.ts";
import { bytesShare, manifestOf, rowOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const listOf = (name: string, key: string): readonly string[] => manifestOf(name)[key] as readonly string[];

/** An experiment whose rows are worked out: it writes its findings itself. */
const computed = (name: string, figure: string): ResultSection => ({
  name,
  settings: "Worked out: one value a cell, without intervals.",
  assumptions: listOf(name, "assumptions"),
  findings: [],
  own: listOf(name, "findings"),
  figure,
});

export const nvl72Budget = (): ResultSection => computed("nvl72-budget", "users.png");

export const offload = (): ResultSection => computed("offload", "tpot.png");

export const coDesign = (): ResultSection => computed("co-design", "co-design.png");

/** Time between two tokens of a user at 1M tokens, in seconds. */
const tokenSeconds = (variant: string): number =>
  Number(
    rowOf("nvl72-decode/data.csv", {
      system: "gb200-nvl72",
      model: "deepseek-v3",
      variant,
      tokens: String(2 ** 20),
    })["tpotMs"],
  ) / 1000;

export function nvl72Decode(): ResultSection {
  const [dense, dsa, quest, window] = ["dense", "dsa(indexHeads=64)", "quest", "sink-window"].map(tokenSeconds) as [
    number,
    number,
    number,
    number,
  ];
  const bytes = bytesShare("dsa(k=2048)", 2 ** 20);
  return {
    ...computed("nvl72-decode", "tpot.png"),
    findings: [
      {
        text: `DSA reads ${formatPercent(bytes)} of the bytes of dense attention and takes ${formatPercent(dsa / dense)} of its time: at 1M tokens and 64 users on a GB200 rack a token of DeepSeek-V3 takes ${formatSeconds(dense)} with dense attention, ${formatSeconds(dsa)} with DSA, and less with Quest (${formatSeconds(quest)}) and a sliding window (${formatSeconds(window)}) (worked out from measured kernels, one value each).`,
        holds: bytes < dsa / dense && compare(quest, dense) === "less" && compare(window, quest) === "less",
      },
    ],
  };
}
