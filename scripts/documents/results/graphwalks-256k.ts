import { formatBytes, formatMean } from "../../../src/core/units.ts";
import { mean } from "../../../src/core/stats.ts";
import { bytesRead, cellsOf, settingsOf, trialsOf } from "./data.ts";
import { table } from "../markdown.ts";
import { distinct } from "../../../src/core/group.ts";
import type { ResultSection } from "./section.ts";

const name = "graphwalks-256k";
const search = cellsOf(name, "graphwalks-bfs");
const parents = cellsOf(name, "graphwalks-parents");

const read = (variant: string): number =>
  mean(
    trialsOf(name)
      .filter((row) => row.variant === variant)
      .map(bytesRead),
  );

export function graphwalks256k(): ResultSection {
  const at = (variant: string) => ({ score: search(variant, "256K"), bytes: formatBytes(read(variant)) });
  const [dense, dsa, moba] = [at("dense"), at("dsa(k=1024)"), at("moba(k=12)")];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `A step of DSA with 1,024 tokens reads ${dsa.bytes} and searches score ${formatMean(dsa.score)}; a step of dense attention reads ${dense.bytes} for ${formatMean(dense.score)} (n = ${dense.score.n}).`,
        holds: read("dsa(k=1024)") < 0.05 * read("dense") && dsa.score.high > dense.score.low,
      },
      {
        text: `Large blocks lose: at the published twelve blocks of 4,096 tokens MoBA reads ${moba.bytes} and scores ${formatMean(moba.score)} (n = ${moba.score.n}).`,
        holds: moba.score.high < dsa.score.low && read("moba(k=12)") > read("dsa(k=1024)"),
      },
    ],
    tables: [
      table({
        titles: ["variant", "read a step, all heads", "searches", "parents"],
        rows: distinct(trialsOf(name).map(({ variant }) => variant)).map((variant) => [
          variant,
          formatBytes(read(variant)),
          formatMean(search(variant, "256K")),
          formatMean(parents(variant, "256K")),
        ]),
      }),
    ],
    figure: "accuracy-bytes.png",
  };
}
