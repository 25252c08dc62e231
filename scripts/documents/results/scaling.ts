import { manifestOf, rowOf, rowsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "scaling";
const summary = `${name}/summary.csv`;

/** A number of the summary with its interval. */
const between = (row: Readonly<Record<string, string>>, column: string): string =>
  `${row[column]!} [${row[`${column}Low`]!} ${row[`${column}High`]!}]`;

export function scaling(): ResultSection {
  const [dense, dsa] = [rowOf(summary, { variant: "dense" }), rowOf(summary, { variant: "dsa" })];
  const { engine, threads, rounds } = manifestOf(name);
  return {
    name,
    settings: `Engine: ${String(engine)}, ${String(threads)} threads; ${String(rounds)} rounds a time; random K and V. Times are those of one machine, so that no two runs give the same CSV.`,
    findings: [
      {
        text: `From 64K to 1M tokens the time of a query grows with the context to the power ${between(dense, "exponent")} with dense attention and ${between(dsa, "exponent")} with DSA, whose index looks at every token; by bytes DSA would grow with ${dsa["predictedExponent"]!}.`,
        holds: Number(dsa["exponentHigh"]) < Number(dense["exponentLow"]),
      },
      {
        text: `At 1M tokens a query of DSA takes ${between(dsa, "speedUp")} times less time than a dense one, where bytes would give ${dsa["predictedSpeedUp"]!}.`,
        holds: Number(dsa["speedUpHigh"]) < Number(dsa["predictedSpeedUp"]),
      },
    ],
    tables: [
      table({
        titles: ["variant", "exponent", "predicted", "times faster than dense at 1M", "predicted"],
        rows: rowsOf(summary).map((row) => [
          row["variant"]!,
          between(row, "exponent"),
          row["predictedExponent"]!,
          between(row, "speedUp"),
          row["predictedSpeedUp"]!,
        ]),
      }),
    ],
    figure: "scaling.png",
  };
}
