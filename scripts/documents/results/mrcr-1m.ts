import { formatLength } from "../../../src/core/length.ts";
import type { MeanEstimate } from "../../../src/core/stats.ts";
import { formatDifference, formatMean } from "../../../src/core/units.ts";
import { directionOf } from "../../../src/studies/rules.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { cellsOf, differenceOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";
import { against } from "./words.ts";

const name = "mrcr-1m";

/** The conversations of 1M tokens with a variant. */
const at1M = (variant: string): readonly TrialRow[] =>
  trialsOf(name).filter((row) => row.variant === variant && formatLength(row.tokensNominal) === "1M");

const change = (variant: string, from: string): MeanEstimate => differenceOf(at1M(variant), at1M(from));

const narrow = ["bf16", "fp8", "nvfp4"];

export function mrcr1m(): ResultSection {
  const requests = cellsOf(name, "mrcr-v2-8needle");
  const score = (variant: string): string => formatMean(requests(variant, "1M"));
  const { n, kind } = requests("dense", "1M");
  const kinds = kind === "range" ? ": ranges, no intervals" : "";
  const seen = narrow.filter((dtype) => directionOf(change(`dsa+${dtype}`, "dsa")) !== "unclear");
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `For eight identical requests at 1M tokens dense attention scores ${score("dense")}, with YaRN's temperature ${score("dense+yarn")}, DSA ${score("dsa")} (n = ${n}${kinds}). On the same conversations sharper logits score ${against(change("dense+yarn", "dense"), "dense attention")} and ${against(change("dense+yarn", "dsa"), "selection")}.`,
        holds: directionOf(change("dense+yarn", "dense")) === "rises",
      },
      {
        text: `Narrower K and V ${seen.length === 0 ? `change nothing that ${n} conversations could show` : `change the score in ${seen.join(", ")}`}: on the same conversations DSA's changes by ${narrow.map((dtype) => `${formatDifference(change(`dsa+${dtype}`, "dsa"))} in ${dtype}`).join(", ")}.`,
        holds: true,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "ranking.png",
  };
}
