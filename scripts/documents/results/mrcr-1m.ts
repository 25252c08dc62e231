import { formatMean } from "../../../src/core/units.ts";
import { cellsOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "mrcr-1m";

export function mrcr1m(): ResultSection {
  const requests = cellsOf(name, "mrcr-v2-8needle");
  const [dense, yarn, dsa] = ["dense", "dense+yarn", "dsa"].map((variant) => requests(variant, "1M")) as [
    ReturnType<typeof requests>,
    ReturnType<typeof requests>,
    ReturnType<typeof requests>,
  ];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `Sharper logits do at least as much as selection for eight identical requests at 1M tokens: dense attention scores ${formatMean(dense)}, with YaRN's temperature ${formatMean(yarn)}, DSA ${formatMean(dsa)} (n = ${dense.n}${dense.kind === "range" ? ": ranges, no intervals" : ""}).`,
        holds: yarn.low > dense.high && yarn.mean >= dsa.mean,
      },
      {
        text: `Narrower K and V change nothing that ${dense.n} conversations could show: DSA scores ${formatMean(requests("dsa+bf16", "1M"))} in bf16, ${formatMean(requests("dsa+fp8", "1M"))} in fp8 and ${formatMean(requests("dsa+nvfp4", "1M"))} in nvfp4.`,
        holds: ["bf16", "fp8", "nvfp4"].every((dtype) => requests(`dsa+${dtype}`, "1M").high > dsa.low),
      },
    ],
    tables: scoreTablesOf(name),
    figure: "ranking.png",
  };
}
