/**
 * How far is the mean field from full numerics?
 *
 * Every variant that has a mean field runs at its defaults on graph walks and on counting: 16 problems in the mean field,
 * two to four in full numerics. The run prints the differences that exceed three standard errors.
 * Without --full: the shortest length of each task.
 */
import { experiment, trials } from "../src/experiments.ts";
import { catalog, hasMeanField } from "../src/index.ts";

/** Patterns of prefill have no mean field in conversations, where the context's own queries count. */
const tasks = [
  { task: "graphwalks(operation=parents)", lengths: ["4K", "8K", "16K"], problems: 4 },
  { task: "graphwalks(depth=2)", lengths: ["4K", "8K", "16K"], problems: 3 },
  { task: "mrcr", lengths: ["8K", "16K", "24K"], problems: 2, prefill: true },
];

await experiment({
  name: "mean-field-gap",
  question: "How far is the mean field from full numerics?",
  answer: trials({
    figures: ["mean-field-gap"],
    *make({ full, trial }) {
      const all = catalog.variants.names().filter(hasMeanField);
      for (const { task, lengths, problems, prefill = false } of tasks) {
        const variants = all.filter((name) => !prefill || catalog.variants.get(name).prefill !== "only");
        for (const tokens of full ? lengths : lengths.slice(0, 1)) {
          for (let n = 0; n < problems; n++)
            for (const variant of variants) yield trial({ task, tokens, variant, trial: n });
          for (let n = 0; n < 16; n++)
            for (const variant of variants)
              yield trial({ task, tokens, variant, trial: n, mode: "mean-field" });
        }
      }
    },
  }),
});
