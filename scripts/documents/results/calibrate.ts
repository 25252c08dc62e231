import { readFileSync } from "node:fs";
import { formatShare } from "../../../src/core/units.ts";
import { againstBaseline } from "../../../src/studies/calibrate/baseline.ts";
import type { CurveBaseline } from "../../../src/studies/calibrate/baseline.ts";
import { points, pointsBetween, resultsFile, rowsOf } from "./data.ts";
import { table } from "../markdown.ts";
import type { ResultSection } from "./section.ts";

const name = "calibrate";

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Kept {
  readonly model: string;
  readonly variant: string;
  readonly trials: Readonly<Record<string, number>>;
  readonly fit: { readonly params: readonly (Estimate & { readonly name: string })[] };
  readonly baseline: CurveBaseline;
  readonly error: Readonly<Record<"fitted" | "left out", Readonly<Record<string, Estimate>>>>;
}

/** The fitted reader of results/calibrate. */
const fitted = (): Kept =>
  JSON.parse(readFileSync(resultsFile(`${name}/calibration.json`), "utf8")) as Kept;

const inPoints = ({ value, low, high }: Estimate): string => `${points(value)} ${pointsBetween(low, high)}`;

export function calibrate(): ResultSection {
  const { model, error, fit, trials, baseline } = fitted();
  const columns = rowsOf(`${name}/columns.csv`);
  const out = columns.filter(({ role }) => role !== "fitted");
  const drawn = columns.map((column) => Number(column["trials"]));
  const farthest = columns
    .map((column) => ({ column, off: Math.abs(Number(column["numerics"]) - Number(column["published"])) }))
    .sort((a, b) => b.off - a.off)[0]!.column;
  return {
    name,
    settings: `Dense attention; three numbers of the reader fitted in the mean field with ${trials["meanField"]!} trials a column, then full numerics with ${Math.min(...drawn)} to ${Math.max(...drawn)} trials a column.`,
    findings: [
      {
        text: `A dense reader with three numbers fitted to ${columns.length - out.length} columns of ${model} predicts ${out.length} other columns to within ${inPoints(error["left out"]["numerics"]!)} points on average (full numerics, ${Math.min(...drawn)} to ${Math.max(...drawn)} trials a column; the fitted columns ${inPoints(error.fitted["numerics"]!)}).`,
        holds: error["left out"]["numerics"]!.high < 0.1,
      },
      {
        text: `A curve of three numbers without any attention in it (logistic in log length, to a power for searches of several hops), fitted to the same columns, misses those left out by ${points(baseline.error["left out"]!)} points. The reader ${againstBaseline(error["left out"]["numerics"]!, baseline.error["left out"]!)} it, so that these columns alone are no evidence for the reader.`,
        holds:
          againstBaseline(error["left out"]["numerics"]!, baseline.error["left out"]!) === "does not beat",
      },
      {
        text: `The farthest column is ${farthest["benchmark"]!} ${farthest["column"]!}: ${formatShare(Number(farthest["numerics"]))} [${formatShare(Number(farthest["numericsLow"]))} ${formatShare(Number(farthest["numericsHigh"]))}], published ${formatShare(Number(farthest["published"]))} (n = ${farthest["trials"]!}).`,
        holds: Number(farthest["numericsHigh"]) < Number(farthest["published"]),
      },
    ],
    tables: [
      table({
        titles: ["reader", "value", "95% interval"],
        rows: fit.params.map(({ name: param, value, low, high }) => [
          `\`${param}\``,
          value.toPrecision(4),
          `${low.toPrecision(4)} to ${high.toPrecision(4)}`,
        ]),
      }),
      table({
        titles: ["role", "benchmark", "column", "published", "mean field", "full numerics", "n"],
        rows: columns.map((row) => [
          row["role"]!,
          row["benchmark"]!,
          row["column"]!,
          formatShare(Number(row["published"])),
          ...["meanField", "numerics"].map(
            (by) =>
              `${formatShare(Number(row[by]))} [${formatShare(Number(row[`${by}Low`]))} ${formatShare(Number(row[`${by}High`]))}]`,
          ),
          row["trials"]!,
        ]),
      }),
    ],
    figure: "calibrate.png",
  };
}
