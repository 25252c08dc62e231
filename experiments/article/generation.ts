import {
  barsFigure,
  candidateCost,
  claimOf,
  defineChapter,
  firstAnswerSeconds,
  hiddenTokens,
} from "../../src/experiments.ts";
import type { CostSetting } from "../../src/experiments.ts";
import { catalog, formatMean, formatSeconds, formatShare } from "../../src/index.ts";

const walk = "graphwalks(operation=bfs)";
const count = "mrcr(needles=8)";
const reads = [1, 4, 16];
const variants = ["dense", "dsa"];

/** Think first, then speak: the gain and the cost of more than one read. */
export const generation = defineChapter({
  name: "generation",
  title: "Think first, then speak",
  *trials(trial) {
    for (const task of [walk, count])
      for (const variant of variants)
        for (const times of reads)
          for (let n = 0; n < 40; n++)
            yield trial({ task, variant, tokens: "1M", trial: n, reader: { reads: times } });
  },
  tell({ score }) {
    const setting: CostSetting = {
      model: catalog.models.get("deepseek-v3"),
      systems: [catalog.systems.get("gb200-nvl72")],
      weights: "nvfp4",
      kvDtype: "fp8",
      tokens: 2 ** 20,
      users: 64,
    };
    const step = (variant: string, times: number): number =>
      candidateCost(variant, times, setting).systems[0]!.tpotSeconds!;
    const at = (task: string, variant: string, times: number) =>
      score({ task, variant, tokens: "1M", reads: times });
    const [once, often] = [at(walk, "dense", 1), at(walk, "dense", 16)];
    const tpot = 0.02;
    const saved =
      Number(claimOf("output-tokens").value_before) - Number(claimOf("output-tokens").value_after);
    const wait = Number(claimOf("ttft").value_before) - Number(claimOf("ttft").value_after);
    const gain = often.mean - once.mean;
    const room = hiddenTokens(wait, tpot);
    return {
      findings: [
        {
          claim: "speculation-generation",
          verdict: gain > 0.1 ? "plausible" : "contradicted",
          says:
            `Within a step, not in hidden tokens. Sixteen reads of each query lift a dense search at 1M from ${formatMean(once)} to ${formatMean(often)} (mean and 95% interval, ${often.trials} trials). ` +
            `The ${saved} tokens saved are not hidden ones: they would take ${formatSeconds(firstAnswerSeconds(0.5, tpot, saved))} at 20 ms each, where 3 s leave room for ${room}, and they would be charged.`,
        },
      ],
      text: [
        `"Think first" may mean two things. Hidden reasoning tokens are output that is not shown: each takes a step, comes before the first word and is charged. At 20 ms a token, three seconds leave room for ${room} of them after the first half second; the article says that ${saved} tokens are saved.`,
        `Or a model may do more within a step: read the cache again, and average. In the simulation, more reads of a query reduce the noise of each read, and a search finds edges that one read loses. They do not reduce the leak of a long context, which is the same in every read: the count of identical requests stays wrong at any number of reads. Every read costs its traffic, and selection makes that cheap: a step of sixteen reads takes ${formatSeconds(step("dsa", 16))} with DSA and ${formatSeconds(step("dense", 16))} with dense attention; a step of one dense read takes ${formatSeconds(step("dense", 1))}.`,
      ],
      tables: [
        {
          titles: ["attention", "reads", "search, 1M", "eight requests, 1M", "step on a GB200 rack"],
          rows: variants.flatMap((variant) =>
            reads.map((times) => [
              variant,
              times,
              formatMean(at(walk, variant, times)),
              formatMean(at(count, variant, times)),
              formatSeconds(step(variant, times)),
            ]),
          ),
        },
      ],
      figure: barsFigure({
        title: "Score of a search at 1M tokens, by reads of each query",
        subtitle:
          "mean field, 40 graphs; beside each bar the score and the time of a step, DeepSeek-V3's dimensions, 64 users a rack",
        axis: "score (F1)",
        bars: variants.flatMap((variant) =>
          reads.map((times) => ({
            name: `${times} ${times === 1 ? "read" : "reads"}`,
            series: variant,
            value: at(walk, variant, times).mean,
            label: `${formatShare(at(walk, variant, times).mean)}, ${formatSeconds(step(variant, times))}`,
          })),
        ),
      }),
    };
  },
});
