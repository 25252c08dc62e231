import { formatMean } from "../../../src/core/units.ts";
import { bytesShare, cellsOf, settingsOf, trialsOf } from "./data.ts";
import { table } from "../markdown.ts";
import { distinct } from "../../../src/core/group.ts";
import type { ResultSection } from "./section.ts";

const name = "graphwalks-256k";
const search = cellsOf(name, "graphwalks-bfs");
const parents = cellsOf(name, "graphwalks-parents");

const tokens = 2 ** 18;

/** Bytes of a step as a share of those of dense attention on the variant's own model, in percent. */
const read = (variant: string): string => `${Number((100 * bytesShare(variant, tokens)).toPrecision(2))}%`;

export function graphwalks256k(): ResultSection {
  const at = (variant: string) => ({ score: search(variant, "256K"), bytes: read(variant) });
  const [dense, dsa, moba] = [at("dense"), at("dsa(k=1024)"), at("moba(k=12)")];
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `A step of DSA with 1,024 tokens reads ${dsa.bytes} of the bytes of dense attention on its own model, and searches score ${formatMean(dsa.score)}; dense attention scores ${formatMean(dense.score)} (n = ${dense.score.n}).`,
        holds: bytesShare("dsa(k=1024)", tokens) < 0.25 && dsa.score.high > dense.score.low,
      },
      {
        text: `Large blocks lose: at the published twelve blocks of 4,096 tokens MoBA reads ${moba.bytes} of the bytes and scores ${formatMean(moba.score)} (n = ${moba.score.n}).`,
        holds: moba.score.high < dsa.score.low,
      },
    ],
    tables: [
      table({
        titles: ["variant", "bytes of a step, of dense attention's", "searches", "parents"],
        rows: distinct(trialsOf(name).map(({ variant }) => variant)).map((variant) => [
          variant,
          read(variant),
          formatMean(search(variant, "256K")),
          formatMean(parents(variant, "256K")),
        ]),
      }),
    ],
    figure: "accuracy-bytes.png",
  };
}
