import { formatSeconds } from "../../../src/core/units.ts";
import { manifestOf, rowOf } from "./data.ts";
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
  return {
    ...computed("nvl72-decode", "tpot.png"),
    findings: [
      {
        text: `Selection saves more bytes than milliseconds: at 1M tokens and 64 users on a GB200 rack a token of DeepSeek-V3 takes ${formatSeconds(dense)} with dense attention, ${formatSeconds(dsa)} with DSA, ${formatSeconds(quest)} with Quest and ${formatSeconds(window)} with a sliding window (worked out from measured kernels, one value each).`,
        holds: window < quest && quest < dense && dense < 3 * window,
      },
    ],
  };
}
