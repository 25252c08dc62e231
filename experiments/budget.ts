/**
 * How well does each attention variant find facts when many users with a million tokens each share one rack?
 *
 * Each variant keeps and reads the most that the rack's memory and the time of a step leave for each user. DSA and the
 * hierarchical variants are also tried at the sizes they were published with. A variant that does not fit has no score.
 * Without --full: sixteen times the users with a sixteenth of the tokens, which are the same bytes, and no limit of time.
 */
import { experiment, trials } from "../src/experiments.ts";

const systems = ["gb200-nvl72", "gb300-nvl72"];
const users = [100, 200, 500, 1000, 2000];
const variants = [
  "dense",
  "sink-window",
  "snapkv",
  "quest(budget=4096)",
  "moba",
  "nsa",
  "tree(beam=256)",
  "dsa(k=2048)",
  "dsa",
];

await experiment({
  name: "budget",
  question:
    "Accuracy when 100 to 2,000 users of 1M tokens share a GB200 or GB300 rack (DeepSeek-V3's dimensions)",
  answer: trials({
    figures: ["budget"],
    *make({ full, trial }) {
      const shrink = full ? 1 : 16;
      const step = full ? ",step-ms=25" : ""; // 40 tokens a second for every user
      for (const system of full ? systems : systems.slice(0, 1))
        for (const count of users)
          for (const variant of variants)
            for (let n = 0; n < (full ? 4 : 1); n++)
              for (const task of ["graphwalks(operation=bfs)", "mrcr(needles=8)"])
                yield trial({
                  task,
                  variant,
                  tokens: full ? "1M" : "64K",
                  trial: n,
                  budget: `system=${system},model=deepseek-v3,users=${count * shrink}${step}`,
                });
    },
  }),
});
