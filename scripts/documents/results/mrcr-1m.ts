import { cellsOf, scoreTablesOf, settingsOf, shown, trialsOf } from "./data.ts";
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
        text: `Sharper logits do at least as much as selection for eight identical requests at 1M tokens: dense attention scores ${shown(dense)}, with YaRN's temperature ${shown(yarn)}, DSA ${shown(dsa)} (n = ${dense.n}, so that intervals are wide).`,
        holds: yarn.low > dense.high && yarn.mean >= dsa.mean,
      },
      {
        text: `Narrower K and V change nothing that ${dense.n} conversations could show: DSA scores ${shown(requests("dsa+bf16", "1M"))} in bf16, ${shown(requests("dsa+fp8", "1M"))} in fp8 and ${shown(requests("dsa+nvfp4", "1M"))} in nvfp4.`,
        holds: ["bf16", "fp8", "nvfp4"].every((dtype) => requests(`dsa+${dtype}`, "1M").high > dsa.low),
      },
    ],
    tables: scoreTablesOf(name),
    figure: "ranking.png",
  };
}
