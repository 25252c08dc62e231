/**
 * What finds the right one of eight identical requests among a million tokens: selection, sharper logits, or neither?
 *
 * Dense attention and its logit shapings and narrower caches, beside variants that select what they read.
 * Without --full: two conversations of 64K tokens.
 */
import { experiment, trials } from "../src/experiments.ts";

const shapings = ["ssmax", "log-n", "yarn", "sink"].map((shaping) => `dense+${shaping}`);
const caches = ["bf16", "fp8", "nvfp4"].flatMap((dtype) => [`dense+${dtype}`, `dsa+${dtype}`]);
const selections = ["oracle", "dsa", "quest", "quest(budget=4096)", "moba", "nsa", "tree", "tree(beam=256)"];

await experiment({
  name: "mrcr-1m",
  question: "What finds the right one of eight identical requests among a million tokens?",
  answer: trials({
    *make({ full, trial }) {
      const tokens = full ? "1M" : "64K";
      for (let n = 0; n < (full ? 10 : 2); n++)
        for (const variant of ["dense", ...shapings, ...selections, ...caches])
          yield trial({ task: "mrcr(needles=8)", variant, tokens, trial: n });
    },
  }),
});
