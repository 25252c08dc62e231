/**
 * Do full numerics say of smaller margins what the mean field says?
 *
 * The readers of results/margins at margins of 6 and 8, whose heads are smaller, on searches: ten problems in full numerics beside twenty in the
 * mean field. Without --full: two problems of 16K tokens.
 */
import { experiment, readCsv, trials } from "../src/experiments.ts";

const task = "graphwalks(operation=bfs)";
const variants = ["dense", "sink-window", "moba", "dsa", "nsa"];

await experiment({
  name: "margins-numerics",
  question: "Do full numerics say of smaller margins what the mean field says?",
  answer: trials({
    figures: ["mean-field-gap"],
    *make({ full, trial }) {
      const readers = readCsv<string>("results/margins/readers.csv", []).filter(
        (row) => row["task"] === task && row["way"] === "dimension" && ["6", "8"].includes(row["margin"]!),
      );
      for (const row of readers) {
        const numbers = ["headDim", "kvHeads", "fidelity", "sharpness"].map((name) => [
          name,
          Number(row[name]),
        ]);
        const reader = Object.fromEntries(numbers) as Record<string, number>;
        for (const tokens of full ? ["16K", "64K"] : ["16K"])
          for (let n = 0; n < (full ? 20 : 2); n++)
            for (const variant of variants) {
              if (n < 10) yield trial({ task, variant, tokens, trial: n, reader });
              yield trial({ task, variant, tokens, trial: n, reader, mode: "mean-field" });
            }
      }
    },
  }),
});
