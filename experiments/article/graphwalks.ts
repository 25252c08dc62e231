import {
  accuracyFigure,
  claimOf,
  compare,
  defineChapter,
  derivedFigure,
  directionOf,
  gainText,
  levelDepartures,
  numericsDepartures,
  numericsTables,
  pairVerdict,
  publishedPercent,
  publishedText,
  scoreText,
  signedPoints,
  problemsText,
} from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { parents, problems, search } from "./tasks.ts";

const variants = ["dense", "dense+yarn", "dsa", "moba", "sink-window"];
const lengths = ["32K", "64K", "128K", "256K", "512K", "1M"];

/** A published pair of scores, in percent, and the texts of its numbers. */
function pairOf(evidence: Evidence, benchmark: string, from: string, to = from) {
  const [before, after] = [
    { benchmark, model: "GPT-5.4", column: from },
    { benchmark, model: "GPT-5.5", column: to },
  ];
  const [a, b] = [publishedPercent(evidence, before), publishedPercent(evidence, after)];
  const name = `${benchmark}, GPT-5.4 at ${from} to GPT-5.5 at ${to}`;
  return {
    gain: b - a,
    before: publishedText(evidence, before),
    after: publishedText(evidence, after),
    ratio: evidence.say(`ratio of ${name}`, `${(b / a).toFixed(1)}x`),
    difference: evidence.say(`gain of ${name}`, `${signedPoints(b - a)} pp`),
  };
}

/** The simulated change beside the published pairs: where it is larger. */
function simulated(evidence: Evidence, short: number, long: number): string {
  const at = (variant: string, tokens: string) => ({ task: search, variant, tokens });
  const text = (variant: string, tokens: string): string => scoreText(evidence, at(variant, tokens));
  const gain = (tokens: string) => evidence.gain(at("dense", tokens), at("dsa", tokens));
  const change = (tokens: string): string => gainText(evidence, at("dense", tokens), at("dsa", tokens));
  const isAlike =
    compare(long, short) === "more" &&
    directionOf(gain("1M")) === "rises" &&
    compare(gain("1M").mean, Math.max(0, gain("256K").mean)) === "more";
  return [
    `In the simulation, without a fit, the search with dense attention scores ${text("dense", "256K")} at 256K and ${text("dense", "1M")} at 1M (mean and 95% interval of ${problemsText(evidence, at("dense", "1M"))} problems), where a million small weights outweigh the right edges.`,
    `DeepSeek's sparse attention (dsa), which reads the tokens that an index picks, scores ${text("dsa", "256K")} and ${text("dsa", "1M")}: on the same problems a change of ${change("256K")} and of ${change("1M")}.`,
    isAlike
      ? "So a change of attention gains at 1M and less at 256K, as in the like-for-like pairs."
      : "The like-for-like pairs gain more at 1M than at 256K; the simulation does not.",
  ].join(" ");
}

/** The graph walks, and both readings of the article's pair of numbers. */
export const graphwalks = defineChapter({
  name: "graphwalks",
  title: "Graphwalks: a pair of two metrics, and what is like for like",
  *trials(trial, full) {
    for (const task of [search, parents])
      for (const tokens of lengths)
        for (let n = 0; n < problems; n++)
          for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
    if (full)
      for (const tokens of ["64K", "256K"])
        for (let n = 0; n < 4; n++)
          for (const variant of variants)
            yield trial({ task: search, variant, tokens, trial: n, mode: "numerics" });
  },
  tell(evidence) {
    const metricOf = (column: string): string =>
      evidence.published.find(
        (row) => row.benchmark === "graphwalks-bfs" && row.model === "GPT-5.4" && row.column === column,
      )!.metric;
    const claim = claimOf("graphwalks-256k");
    const verdict = pairVerdict(metricOf("256K-1M pooled"), metricOf("256K"));
    const [article, short, long] = [
      pairOf(evidence, "graphwalks-bfs", "256K-1M pooled", "256K"),
      pairOf(evidence, "graphwalks-bfs", "256K"),
      pairOf(evidence, "graphwalks-bfs", "1M"),
    ];
    const line = (name: string, pair: typeof short, like: string): string[] => [
      name,
      pair.before,
      pair.after,
      pair.ratio,
      pair.difference,
      like,
    ];
    const larger = long.gain > short.gain ? "1M" : "256K";
    return {
      findings: [
        {
          claim: claim.id,
          verdict,
          says: `The two numbers give ${evidence.say("figure of graphwalks-256k", derivedFigure(claim)!)}, ${
            verdict === "contradicted"
              ? `but ${article.before} pools 256K to 1M tokens under another metric. Like for like the pair is ${short.before} to ${short.after} at 256K (${short.ratio}) and ${long.before} to ${long.after} at 1M (${long.ratio}).`
              : "and both are of one metric."
          }`,
        },
      ],
      text: [
        `Graphwalks asks for the nodes that a breadth-first search reaches in a list of edges. The article sets ${article.before}, a row of GPT-5.4's launch page, beside ${article.after} on GPT-5.5's page. GPT-5.5's page lists GPT-5.4 too, under its own metric (F1): ${short.before} at 256K tokens. So the gain at 256K is ${short.difference}, not ${article.difference}; at 1M it is ${long.difference}. The larger, at ${larger}, is the one to explain.`,
        simulated(evidence, short.gain, long.gain),
      ],
      tables: [
        {
          titles: ["pair", "GPT-5.4", "GPT-5.5", "ratio", "gain", "like for like"],
          rows: [
            line("as the article pairs it", article, verdict === "contradicted" ? "no" : "yes"),
            line("search, 256K", short, "yes"),
            line("search, 1M", long, "yes"),
            line("parents, 256K", pairOf(evidence, "graphwalks-parents", "256K"), "yes"),
            line("parents, 1M", pairOf(evidence, "graphwalks-parents", "1M"), "yes"),
          ],
        },
        ...numericsTables(evidence),
      ],
      departures: [
        ...levelDepartures(evidence, "GPT-5.4", [
          { benchmark: "graphwalks-bfs", column: "256K", task: search, tokens: "256K" },
          { benchmark: "graphwalks-bfs", column: "1M", task: search, tokens: "1M" },
          { benchmark: "graphwalks-parents", column: "256K", task: parents, tokens: "256K" },
          { benchmark: "graphwalks-parents", column: "1M", task: parents, tokens: "1M" },
        ]),
        ...numericsDepartures(evidence),
      ],
      figure: accuracyFigure(evidence.rows(), "Graph walks over context length"),
    };
  },
});
