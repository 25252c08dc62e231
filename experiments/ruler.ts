/**
 * How long is a context that each variant really uses, by RULER's tasks and its 85.6 rule?
 *
 * Eleven synthetic tasks in RULER's own format, scored as RULER does; the table ends with each variant's effective length:
 * the longest at which its mean over the tasks is at least .856. Essays and words are stand-ins, and the reader is no
 * language model, so lengths compare variants with each other, not with published models.
 * Without --full: one problem of each task to 16K.
 */
import { experiment, trials } from "../src/experiments.ts";

const tasks = [
  ...["niah_single_1", "niah_single_2", "niah_single_3"],
  ...["niah_multikey_1", "niah_multikey_2", "niah_multikey_3", "niah_multivalue", "niah_multiquery"],
  ...["vt", "cwe", "fwe"],
].map((task) => `ruler(task=${task})`);
const variants = ["dense", "sink-window", "dsa", "quest", "moba", "nsa", "snapkv", "gemma-3"];
const part = { "4K": 1, "16K": 1 };
const whole = { "4K": 20, "16K": 20, "64K": 20, "256K": 20, "1M": 10 };

await experiment({
  name: "ruler",
  question: "How long is a context that each variant really uses, by RULER's tasks?",
  answer: trials({
    figures: ["accuracy"],
    *make({ full, trial }) {
      for (const task of tasks)
        for (const [tokens, problems] of Object.entries(full ? whole : part))
          for (let n = 0; n < problems; n++)
            for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
    },
  }),
});
