/**
 * Does exact top-k hold on single needles and fail where a question is about all words?
 *
 * The best 1% to 20% of the keys, and all of them, on RULER; and MagicPIG's sampling, which weighs what it reads by the
 * chance of reading it. At 4K tokens, where dense attention counts words; at the source's 16K the reader no longer does.
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const lengths = [4096, 16_384];
const shares = [0.01, 0.02, 0.05, 0.2, 1];
const tasks = {
  niah_single_2: "single needle",
  niah_multikey_2: "needle among needles",
  cwe: "common words",
  fwe: "frequent words",
};
const panelOf = (tokens: number): string => `${tokens / 1024}K tokens`;

const variantOf = (part: number, tokens: number): string =>
  part === 1 ? "dense" : `oracle(k=${Math.round(part * tokens)})`;

export const magicpigAggregation = defineTrend({
  name: "magicpig-aggregation",
  question: "Does exact top-k hold on single needles and fail where a question is about all words?",
  sources: [
    {
      title: "MagicPIG: LSH Sampling for Efficient LLM Generation",
      url: "https://arxiv.org/abs/2410.16179",
      where: "section 1 and figure 1",
    },
  ],
  claim: "top-k holds on single needles and fails on common and frequent words",
  note: "the bars of the figure could not be read at the source, so that none are drawn",
  rule: "at 4K tokens 2% of the keys lose .05 at most on needles, and .1 or more on both kinds of words",
  *trials(trial) {
    for (const tokens of lengths)
      for (const task of Object.keys(tasks))
        for (let n = 0; n < (tokens === 4096 ? 12 : 4); n++) {
          for (const part of shares)
            yield trial({ task: `ruler(task=${task})`, variant: variantOf(part, tokens), tokens, trial: n });
          // a hash table is built for each problem
          if (tokens === 4096 && n < 4)
            yield trial({ task: `ruler(task=${task})`, variant: "magicpig", tokens, trial: n });
        }
  },
  place({ variant, task, tokensNominal }) {
    const tokens = tokensNominal;
    const part = shares.find((each) => variantOf(each, tokens) === variant);
    return {
      panel: panelOf(tokens),
      series: tasks[(/task=(\w+)/.exec(task)?.[1] ?? "") as keyof typeof tasks],
      x: part === undefined ? "MagicPIG" : `${100 * part}%`,
    };
  },
  published: [],
  axes: {
    x: { title: "share of the keys that is read", kind: "names" },
    y: { title: "score", kind: "share" },
  },
  judge(found) {
    const [short, long] = lengths.map(panelOf) as [string, string];
    const at = (task: string, part: string, panel = short): number => found(panel, task, part).mean;
    const needles = [tasks.niah_single_2, tasks.niah_multikey_2];
    const words = [tasks.cwe, tasks.fwe];
    const kept = Math.min(...needles.map((task) => at(task, "2%") - at(task, "100%")));
    const losses = words.map((task) => at(task, "100%") - at(task, "2%"));
    const sampled = words.map((task) => at(task, "MagicPIG"));
    const agrees = kept >= -0.05 && Math.min(...losses) >= 0.1;
    const list = (part: string): string => words.map((task) => formatShare(at(task, part))).join(" and ");
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `4K, 2% of the keys: needles ${needles.map((task) => formatShare(at(task, "2%"))).join(", ")}; common and frequent words ${list("2%")} of ${list("100%")}`,
      sentence: [
        `at 4K tokens, with the best 2% of the keys needles score ${needles.map((task) => formatShare(at(task, "2%"))).join(" and ")}, as all keys do; `,
        `common and frequent words ${list("2%")}, where all keys give ${list("100%")}, 20% ${list("20%")}, and MagicPIG's sample ${sampled.map(formatShare).join(" and ")} (at 16K all keys give ${words.map((task) => formatShare(at(task, "100%", long))).join(" and ")}). `,
        agrees
          ? "A selection that is right for a fact is a biased sample of a text, as published."
          : `The loss is ${losses.map(formatShare).join(" and ")}: words of a list match alike here, so that the best keys are a sample of it by the noise of their keys, which is fair if it is not too small, where a trained model's best keys need not be.`,
      ].join(""),
    };
  },
});
