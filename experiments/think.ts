/**
 * Does reading again and again before answering find what one read loses, and what does it cost?
 *
 * Every decode query is read T times and the reads are averaged. The noise of each read falls by the square root of T; the
 * errors that keys and context length make are the same in every read. Full numerics of two variants stand beside the mean
 * field.
 * Without --full: the mean field at 256K, ten problems.
 */
import { experiment, trials } from "../src/experiments.ts";

const all = [1, 2, 4, 8, 16];
const tasks = ["graphwalks(operation=bfs)", "graphwalks(operation=parents)", "mrcr(needles=8)"];
const variants = ["dense", "dense+yarn", "oracle", "dsa", "moba"];

await experiment({
  name: "think",
  question: "Does reading again and again before answering find what one read loses, and what does it cost?",
  answer: trials({
    figures: ["reads"],
    *make({ full, trial }) {
      for (const tokens of full ? ["256K", "1M"] : ["256K"])
        for (const task of tasks)
          for (const variant of variants)
            for (const reads of all)
              for (let n = 0; n < (full ? 40 : 10); n++)
                yield trial({ task, variant, tokens, trial: n, reader: { reads }, mode: "mean-field" });
      if (!full) return;
      for (const { tokens, problems, times } of [
        { tokens: "256K", problems: 5, times: [1, 2, 4] },
        { tokens: "1M", problems: 2, times: [1, 4, 16] },
      ])
        for (const reads of times)
          for (let n = 0; n < problems; n++)
            for (const variant of ["dense", "dsa"])
              yield trial({ task: tasks[0]!, variant, tokens, trial: n, reader: { reads } });
    },
  }),
});
