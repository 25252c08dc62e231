/**
 * What does each family of attention keep at 1M tokens, and what does it read for it?
 *
 * Two to five variants of every family at the sizes they were published with, full numerics, on the same problems.
 * Without --full: one problem at each length to 32K.
 */
import { experiment, trials } from "../src/experiments.ts";

const tasks = ["graphwalks(operation=bfs)", "mrcr(keys=whole)"];
const variants = [
  ...["dense", "mla", "dense+yarn"],
  ...["sink-window", "duo"],
  ...["dsa", "quest", "moba", "nsa", "infllm-v2", "msa"],
  ...["snapkv", "snapkv(queryAware=true)", "keydiff"],
  ...["tree", "csa", "hca", "landmark"],
  ...["infini", "knn-memory", "shadowkv"],
  ...["gated-deltanet", "kda", "log-linear"],
  ...["gemma-3", "kimi-linear", "minimax-m3", "deepseek-v4-pro"],
];
const part = { "8K": 1, "16K": 1, "32K": 1 };
const whole = { "8K": 20, "32K": 20, "128K": 20, "512K": 10, "1M": 10 };

await experiment({
  name: "families",
  question: "What does each family of attention keep at 1M tokens, and what does it read for it?",
  answer: trials({
    figures: ["families", "accuracy-bytes-front"],
    *make({ full, trial }) {
      for (const task of tasks)
        for (const [tokens, problems] of Object.entries(full ? whole : part))
          for (let n = 0; n < problems; n++)
            for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
    },
  }),
});
