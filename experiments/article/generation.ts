import {
  barsFigure,
  candidateCost,
  claimOf,
  defineChapter,
  firstAnswerSeconds,
  hiddenTokens,
} from "../../src/experiments.ts";
import type { CostSetting } from "../../src/experiments.ts";
import { catalog, formatSeconds, formatShare } from "../../src/index.ts";

const walk = "graphwalks(operation=bfs)";
const count = "mrcr(needles=8)";
const reads = [1, 4, 16];
const variants = ["dense", "dsa"];

/** Think first, then speak: what reading more than once buys, and what it costs. */
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
      ...{ model: catalog.models.get("deepseek-v3"), systems: [catalog.systems.get("gb200-nvl72")] },
      ...{ weights: "nvfp4", kvDtype: "fp8", tokens: 1_000_000, users: 64 },
    };
    const step = (variant: string, times: number): number =>
      candidateCost(variant, times, setting).systems[0]!.tpotSeconds!;
    const at = (task: string, variant: string, times: number): number =>
      score({ task, variant, tokens: "1M", reads: times }).mean;
    const tpot = 0.02;
    const saved =
      Number(claimOf("output-tokens").value_before) - Number(claimOf("output-tokens").value_after);
    const wait = Number(claimOf("ttft").value_before) - Number(claimOf("ttft").value_after);
    const gain = at(walk, "dense", 16) - at(walk, "dense", 1);
    return {
      findings: [
        {
          claim: "speculation-generation",
          verdict: gain > 0.1 ? "plausible" : "contradicted",
          says:
            `Within a step, not in hidden tokens. Sixteen reads of each query lift a dense search at 1M from ${formatShare(at(walk, "dense", 1))} to ${formatShare(at(walk, "dense", 16))}. ` +
            `The ${saved} tokens saved cannot have gone into hiding: they would take ${formatSeconds(firstAnswerSeconds(0.5, tpot, saved))} at 20 ms each, where 3 s leave room for ${hiddenTokens(wait, tpot)}, and they would be charged.`,
        },
      ],
      text: [
        `Two things may be meant. Hidden reasoning tokens are output that is not shown: each takes a step, comes before the first word and is charged. At 20 ms a token three seconds hold ${hiddenTokens(wait, tpot)} beyond the first half, of the ${saved} that the article says are saved.`,
        `Or a model may do more within a step: read again, and average. In the simulation a query that is read T times sheds the noise that is each read's own, and a search finds edges that one read loses. What it does not shed is the leak of a long context, which is the same in every read: the count of identical requests stays wrong however often it is read. And every read costs its traffic, which selection makes cheap: a step of sixteen reads takes ${formatSeconds(step("dsa", 16))} by DSA and ${formatSeconds(step("dense", 16))} by dense attention, one of a single read ${formatSeconds(step("dense", 1))}.`,
      ],
      tables: [
        {
          titles: ["attention", "reads", "search, 1M", "eight requests, 1M", "step on a GB200 rack"],
          rows: variants.flatMap((variant) =>
            reads.map((times) => [
              variant,
              times,
              formatShare(at(walk, variant, times)),
              formatShare(at(count, variant, times)),
              formatSeconds(step(variant, times)),
            ]),
          ),
        },
      ],
      figure: barsFigure({
        title: "Score of a search at 1M tokens, by reads of each query",
        subtitle:
          "mean field, 40 graphs; at each bar the step time, DeepSeek-V3's dimensions, 64 users a rack",
        axis: "score (F1)",
        bars: variants.flatMap((variant) =>
          reads.map((times) => ({
            ...{ name: `${times} ${times === 1 ? "read" : "reads"}`, series: variant },
            value: at(walk, variant, times),
            label: `${formatShare(at(walk, variant, times))}, ${formatSeconds(step(variant, times))}`,
          })),
        ),
      }),
    };
  },
});
