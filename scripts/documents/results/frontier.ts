import { formatSeconds, formatShare } from "../../../src/core/units.ts";
import { formatLength } from "../../../src/core/length.ts";
import { manifestOf, rowOf, rowsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "frontier";
const data = `${name}/data.csv`;

export function frontier(): ResultSection {
  const price = (variant: string): number => Number(rowOf(data, { variant })["dollarsPerMillionOutput"]);
  const score = (row: Readonly<Record<string, string>>): string =>
    `${formatShare(Number(row["score"]))} [${formatShare(Number(row["low"]))} ${formatShare(Number(row["high"]))}]`;
  const [nsa, dense] = [rowOf(data, { variant: "nsa" }), rowOf(data, { variant: "dense" })];
  const { tokens, trials } = dense;
  return {
    name,
    settings: `Scores of [families](#families) at ${formatLength(Number(tokens))} tokens, costs of DeepSeek-V3 on a GB200 rack.`,
    assumptions: manifestOf(name)["assumptions"] as readonly string[],
    findings: [
      {
        text: `At 1M tokens a million output tokens cost $${price("nsa").toFixed(2)} with NSA, which scores ${score(nsa)}, and $${price("dense").toFixed(2)} with dense attention, which scores ${score(dense)} (n = ${trials!}).`,
        holds: price("nsa") < 0.7 * price("dense") && Number(nsa["low"]) > Number(dense["high"]),
      },
    ],
    tables: [
      table({
        titles: ["variant", "score", "TPOT, 64 users", "users a rack", "$/M in", "$/M out"],
        rows: rowsOf(data).map((row) => [
          row["variant"]!,
          score(row),
          row["tpotSeconds"] === "" ? "" : formatSeconds(Number(row["tpotSeconds"])),
          row["usersPerRack"]!,
          ...["dollarsPerMillionInput", "dollarsPerMillionOutput"].map((column) =>
            row[column] === "" ? "" : Number(row[column]).toPrecision(3),
          ),
        ]),
      }),
    ],
    figure: "frontier.png",
  };
}
