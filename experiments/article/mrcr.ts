import {
  accuracyFigure,
  claimOf,
  defineChapter,
  derivedFinding,
  explains,
  gainText,
  levelDepartures,
  listText,
  numericsDepartures,
  numericsTables,
  problemsText,
  publishedPercent,
  publishedText,
  scoreText,
  signedPoints,
} from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { problems, requests as task } from "./tasks.ts";

const variants = ["dense", "dense+yarn", "dsa", "moba", "sink-window"];
const lengths = ["8K", "32K", "64K", "128K", "256K", "512K", "1M"];
const columns = ["4K-8K", "8K-16K", "16K-32K", "32K-64K", "64K-128K", "128K-256K", "256K-512K", "512K-1M"];

/** The published bins: both models and their difference. */
const binsOf = (evidence: Evidence) =>
  columns.map((column) => {
    const [before, after] = ["GPT-5.4", "GPT-5.5"].map((model) => ({
      benchmark: "mrcr-v2-8needle",
      model,
      column,
    })) as [PublishedBin, PublishedBin];
    const points = publishedPercent(evidence, after) - publishedPercent(evidence, before);
    return {
      column,
      points,
      before: publishedText(evidence, before),
      after: publishedText(evidence, after),
      difference: evidence.say(
        `gain of mrcr-v2-8needle, GPT-5.4 at ${column} to GPT-5.5 at ${column}`,
        `${signedPoints(points)} pp`,
      ),
    };
  });

type PublishedBin = Parameters<typeof publishedText>[1];

/** The bins in which the later model gains and loses. */
function gains(evidence: Evidence, bins: ReturnType<typeof binsOf>): string {
  const higher = bins.filter(({ points }) => points > 0);
  const lower = bins.filter(({ points }) => points < 0);
  const most = [...bins].sort((a, b) => b.points - a.points)[0]!;
  const least = [...bins].sort((a, b) => a.points - b.points)[0]!;
  const counted = evidence.say("MRCR bins in which GPT-5.5 scores higher", String(higher.length));
  const all = evidence.say("MRCR bins", String(bins.length));
  return [
    `GPT-5.5 scores higher than GPT-5.4 in ${counted} of ${all} bins, the most in ${most.column} (${most.difference}).`,
    ...(lower.length === 0
      ? []
      : [
          `It scores lower in ${listText(lower.map(({ column }) => column))} (down to ${least.difference}), and no gain at long contexts explains that.`,
        ]),
  ].join(" ");
}

/** Eight identical requests in a long conversation. */
export const mrcr = defineChapter({
  name: "mrcr",
  title: "MRCR: the right one of eight identical requests",
  *trials(trial, full) {
    for (const tokens of lengths)
      for (let n = 0; n < problems; n++)
        for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
    if (full)
      for (const tokens of ["64K", "256K"])
        for (let n = 0; n < 4; n++)
          for (const variant of variants) yield trial({ task, variant, tokens, trial: n, mode: "numerics" });
  },
  tell(evidence) {
    const claim = claimOf("mrcr-1m");
    const at = (variant: string) => ({ task, variant, tokens: "1M" });
    const bins = binsOf(evidence);
    const published = bins.at(-1)!;
    const change = (variant: string, name: string): string => {
      const does = explains(evidence.gain(at("dense"), at(variant)), published.points / 100);
      return `${name} to ${scoreText(evidence, at(variant))} (${gainText(evidence, at("dense"), at(variant))}), ${does ? "at least half of the published gain" : "less than half of the published gain"}`;
    };
    return {
      findings: [
        derivedFinding(
          claim,
          (ours) =>
            `${evidence.say("figure of mrcr-1m", ours)}: both scores stand on one page, under one metric; the gain is ${published.difference}. In the simulation, one change of attention moves the same bin from ${scoreText(evidence, at("dense"))}: ${change("dsa", "selection (dsa)")}; ${change("dense+yarn", "sharper logits (dense+yarn)")} (means, 95% intervals, ${problemsText(evidence, at("dense"))} problems).`,
        ),
      ],
      text: [
        "MRCR hides eight identical requests in a conversation and asks for the answer to one of them, by its number. Only their order tells them apart, so a reader must count. In the simulation it counts by the weight on the earlier requests, and every other token of a long context adds to that count.",
        gains(evidence, bins),
      ],
      tables: [
        {
          titles: ["bin", "GPT-5.4", "GPT-5.5", "difference"],
          rows: bins.map(({ column, before, after, difference }) => [column, before, after, difference]),
        },
        ...numericsTables(evidence),
      ],
      departures: [
        ...levelDepartures(
          evidence,
          "GPT-5.4",
          ["128K", "256K", "512K", "1M"].map((tokens, i) => ({
            benchmark: "mrcr-v2-8needle",
            column: columns[i + 4]!,
            task,
            tokens,
          })),
        ),
        ...numericsDepartures(evidence),
      ],
      figure: accuracyFigure(evidence.rows(), "Eight identical requests over context length"),
    };
  },
});
