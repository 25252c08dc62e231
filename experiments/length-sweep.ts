/**
 * Which attention variant keeps finding facts as the context grows?
 *
 * Every variant at the size it was published with, on the same problems. Without --full: ten problems at each of
 * three lengths to 128K.
 */
import { experiment, trials } from "../src/experiments.ts";

const tasks = ["graphwalks(operation=bfs)", "graphwalks(operation=parents)", "mrcr(needles=8)"];
const variants = [
  "dense",
  "sink-window",
  "snapkv",
  "snapkv(queryAware=true)",
  "oracle",
  "quest",
  "moba",
  "dsa",
  "nsa",
  "tree",
];

/** Problems at each length: the fewest whose mean has an interval. */
const part = { "8K": 10, "32K": 10, "128K": 10 };
/** A conversation with eight needles takes more than 4K. */
const whole = {
  "4K": 20,
  "8K": 20,
  "16K": 20,
  "32K": 20,
  "64K": 20,
  "128K": 20,
  "256K": 20,
  "512K": 10,
  "1M": 10,
};

await experiment({
  name: "length-sweep",
  question: "Which attention variant keeps finding facts as the context grows?",
  answer: trials({
    *make({ full, trial }) {
      for (const task of tasks)
        for (const [tokens, problems] of Object.entries(full ? whole : part)) {
          if (tokens === "4K" && task.startsWith("mrcr")) continue;
          for (let n = 0; n < problems; n++)
            for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
        }
    },
  }),
});
