/**
 * Do the published columns of models fall as the default reader's do, with dense attention?
 *
 * Every length at which a maker has published a score. Nothing is fitted to any of them.
 */
import { defineTrend, publishedScores } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const tasks = {
  "graphwalks-bfs": { task: "graphwalks(operation=bfs)", lengths: ["128K", "256K", "1M"] },
  "graphwalks-parents": { task: "graphwalks(operation=parents)", lengths: ["128K", "256K", "1M"] },
  "mrcr-v2-8needle": {
    task: "mrcr(needles=8)",
    lengths: ["8K", "16K", "32K", "64K", "128K", "256K", "512K", "1M"],
  },
};

const own = "dense, default reader";
const compared = "GPT-5.4";

const published = publishedScores()
  .filter(({ metric }) => metric !== "other")
  .map(({ benchmark, model, tokens, score }) => ({
    panel: benchmark,
    series: model,
    x: tokens.high,
    mean: score,
  }));

export const modelScores = defineTrend({
  name: "model-scores",
  question: "Do the published columns of models fall as the default reader's do, with dense attention?",
  sources: [
    { title: "GPT-5.2", url: "https://openai.com/index/introducing-gpt-5-2/" },
    { title: "GPT-5.4", url: "https://openai.com/index/introducing-gpt-5-4/" },
    { title: "GPT-5.5", url: "https://openai.com/index/introducing-gpt-5-5/" },
  ],
  claim: "GPT-5.4 at 1M: searches .09, parents .44, eight needles .37; GPT-5.5: .45, .59, .74",
  note: "mean field; nothing is fitted, and agreement would be no evidence about a model",
  rule: "the mean distance from the columns of GPT-5.4 is .1 at most",
  *trials(trial) {
    for (const { task, lengths } of Object.values(tasks))
      for (const tokens of lengths)
        for (let n = 0; n < 60; n++)
          yield trial({ task, variant: "dense", tokens, trial: n, mode: "mean-field" });
  },
  place: ({ benchmark, tokensNominal }) => ({
    panel: benchmark,
    series: own,
    x: tokensNominal,
  }),
  published,
  axes: {
    x: { title: "context, tokens", kind: "tokens" },
    y: { title: "score", kind: "share" },
  },
  judge(found) {
    const gaps = published
      .filter(({ series }) => series === compared)
      .map(({ panel, x, mean }) => ({ panel, x, mean, ours: found(panel, own, x).mean }))
      .map((cell) => ({ ...cell, gap: cell.ours - cell.mean }));
    const average = gaps.reduce((sum, { gap }) => sum + Math.abs(gap), 0) / gaps.length;
    const worst = gaps.reduce((a, b) => (Math.abs(b.gap) > Math.abs(a.gap) ? b : a));
    const agrees = average <= 0.1;
    const atMillion = Object.keys(tasks).map((panel) =>
      formatShare(found(panel, own, panel.startsWith("mrcr") ? 2 ** 20 : 1_024_000).mean),
    );
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `at 1M: searches ${atMillion[0]!}, parents ${atMillion[1]!}, eight needles ${atMillion[2]!}`,
      sentence: [
        `over the ${gaps.length} columns of ${compared} the default reader with dense attention is ${formatShare(average)} off on average, `,
        `most on ${worst.panel} at ${worst.x.toLocaleString("en")} tokens (${formatShare(worst.ours)}, published ${formatShare(worst.mean)}); `,
        agrees ? "its curves fall where that model's do." : "its curves fall elsewhere than that model's.",
      ].join(""),
    };
  },
});
