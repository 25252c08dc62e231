import { formatLength } from "../../../src/core/length.ts";
import type { IntervalKind } from "../../../src/core/stats.ts";
import { formatMean, formatSeconds } from "../../../src/core/units.ts";
import { manifestOf, rowOf, rowsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "frontier";
const data = `${name}/data.csv`;

export function frontier(): ResultSection {
  const price = (variant: string): number => Number(rowOf(data, { variant })["dollarsPerMillionOutput"]);
  const score = (row: Readonly<Record<string, string>>): string =>
    formatMean({
      mean: Number(row["score"]),
      low: Number(row["low"]),
      high: Number(row["high"]),
      kind: row["kind"] as IntervalKind,
      trials: Number(row["trials"]),
    });
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
