import {
  accuracyFigure,
  claimOf,
  defineChapter,
  derivedFigure,
  numericsTables,
} from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const task = "mrcr(needles=8)";
const variants = ["dense", "dense+yarn", "dsa", "moba", "sink-window"];
const lengths = ["8K", "32K", "64K", "128K", "256K", "512K", "1M"];

/** Eight identical requests in a long conversation. */
export const mrcr = defineChapter({
  name: "mrcr",
  title: "MRCR: the right one of eight identical requests",
  *trials(trial, full) {
    for (const tokens of lengths)
      for (let n = 0; n < 40; n++)
        for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
    if (full)
      for (const tokens of ["64K", "256K"])
        for (let n = 0; n < 4; n++)
          for (const variant of variants) yield trial({ task, variant, tokens, trial: n, engine: "wasm" });
  },
  tell({ rows, score, published }) {
    const claim = claimOf("mrcr-1m");
    const ours = derivedFigure(claim)!;
    const at = (variant: string, tokens: string): string =>
      formatShare(score({ task, variant, tokens }).mean);
    const middle = ["16K-32K", "32K-64K", "64K-128K"].map((column) => {
      const [a, b] = ["GPT-5.4", "GPT-5.5"].map(
        (model) =>
          published.find(
            (row) => row.benchmark === "mrcr-v2-8needle" && row.model === model && row.column === column,
          )!.score,
      );
      return [column, (100 * a!).toFixed(1), (100 * b!).toFixed(1), `${(100 * (b! - a!)).toFixed(1)} pp`];
    });
    return {
      findings: [
        {
          claim: claim.id,
          verdict: ours === claim.derived ? "reproduced" : "contradicted",
          says: `${ours}: both scores stand on one page, under one metric. In the simulation one change of attention moves the same bin from ${at("dense", "1M")} to ${at("dsa", "1M")} (selection) or ${at("dense+yarn", "1M")} (sharper logits).`,
        },
      ],
      text: [
        "MRCR hides eight identical requests in a conversation and asks for the answer to one of them, by its number. Only order tells them apart, so that a reader must count; in the simulation it counts by how much weight the earlier requests take, and every other token of a long context leaks into that count.",
        `The gain is at the far end alone. Between 16K and 128K tokens GPT-5.5 scores below GPT-5.4, which no gain of long context explains.`,
      ],
      tables: [
        { titles: ["bin", "GPT-5.4", "GPT-5.5", "difference"], rows: middle },
        ...numericsTables(rows(), rows(true)),
      ],
      figure: accuracyFigure(rows(), "Eight identical requests over context length"),
    };
  },
});
