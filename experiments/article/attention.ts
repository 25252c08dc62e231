import { barsFigure, defineChapter } from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const variants = [
  "dense",
  "dense+yarn",
  "dense+ssmax",
  "dsa",
  "oracle",
  "moba",
  "index-share",
  "mla",
  "shadowkv",
  "sink-window",
  "snapkv",
  "h2o",
  "kda",
  "gated-deltanet",
];

const columns = [
  { benchmark: "graphwalks-bfs", column: "256K", task: "graphwalks(operation=bfs)", tokens: "256K" },
  { benchmark: "graphwalks-bfs", column: "1M", task: "graphwalks(operation=bfs)", tokens: "1M" },
  { benchmark: "graphwalks-parents", column: "256K", task: "graphwalks(operation=parents)", tokens: "256K" },
  { benchmark: "graphwalks-parents", column: "1M", task: "graphwalks(operation=parents)", tokens: "1M" },
  { benchmark: "mrcr-v2-8needle", column: "64K-128K", task: "mrcr(needles=8)", tokens: "128K" },
  { benchmark: "mrcr-v2-8needle", column: "128K-256K", task: "mrcr(needles=8)", tokens: "256K" },
  { benchmark: "mrcr-v2-8needle", column: "256K-512K", task: "mrcr(needles=8)", tokens: "512K" },
  { benchmark: "mrcr-v2-8needle", column: "512K-1M", task: "mrcr(needles=8)", tokens: "1M" },
];

/** Mean distance of a variant's scores from a model's, in points. */
function distance({ score, published }: Evidence, variant: string, model: string): number {
  const gaps = columns.map(({ benchmark, column, task, tokens }) => {
    const theirs = published.find(
      (row) => row.benchmark === benchmark && row.model === model && row.column === column,
    )!;
    return Math.abs(score({ task, variant, tokens }).mean - theirs.score);
  });
  return (100 * gaps.reduce((a, b) => a + b, 0)) / gaps.length;
}

/** By how much the published search at 1M rose. */
function publishedJump({ published }: Evidence): number {
  const at = (model: string): number =>
    published.find((row) => row.benchmark === "graphwalks-bfs" && row.model === model && row.column === "1M")!
      .score;
  return at("GPT-5.5") - at("GPT-5.4");
}

/** What the reader that attnsim calibrate fitted to GPT-5.4 says, if it has been asked. */
function fitted({ explanation }: Evidence): string[] {
  if (explanation === undefined)
    return [
      "attnsim calibrate fits the reader to GPT-5.4 first, and attnsim explain asks the question again.",
    ];
  const of = (change: { change: string; error: number; low: number; high: number }): string =>
    `${change.change} (${change.error.toFixed(1)} points, ${change.low.toFixed(1)} to ${change.high.toFixed(1)})`;
  const unchanged = explanation.find(({ rank }) => rank === 0)!;
  const changes = explanation.filter(({ rank }) => rank > 0);
  const attentions = changes.filter(({ kind }) => kind === "attention");
  const rival = changes.find(({ kind }) => kind !== "attention");
  const best = attentions[0]!;
  const beside = (other: typeof best): string => {
    if (other.low <= best.high && best.low <= other.high)
      return "as near within the intervals, so that a new attention is not the only explanation";
    return other.error < best.error ? "nearer than any attention" : "farther than the nearest attention";
  };
  return [
    [
      `The same question of a reader fitted to GPT-5.4's columns (attnsim calibrate, attnsim explain; ${changes.length} single changes): unchanged it is ${unchanged.error.toFixed(1)} points off GPT-5.5's columns in the mean.`,
      `Of attentions the nearest are ${attentions.slice(0, 3).map(of).join(", ")}.`,
      ...(rival === undefined
        ? []
        : [`Of changes of anything else the nearest is ${of(rival)}: ${beside(rival)}.`]),
    ].join(" "),
  ];
}

/** Which attention is nearest to which model's columns, everything else unchanged. */
export const attention = defineChapter({
  name: "attention",
  title: "Does another attention explain the jump?",
  *trials(trial) {
    for (const { task, tokens } of columns)
      for (let n = 0; n < 20; n++)
        for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
  },
  tell(evidence) {
    const found = variants
      .map((variant) => ({
        variant,
        before: distance(evidence, variant, "GPT-5.4"),
        after: distance(evidence, variant, "GPT-5.5"),
        search: evidence.score({ task: "graphwalks(operation=bfs)", variant, tokens: "1M" }).mean,
        requests: evidence.score({ task: "mrcr(needles=8)", variant, tokens: "1M" }).mean,
      }))
      .sort((a, b) => a.after - b.after);
    const dense = found.find(({ variant }) => variant === "dense")!;
    const best = found[0]!;
    const nearest54 = [...found].sort((a, b) => a.before - b.before)[0]!;
    const low = found.filter(({ search, requests }) => search < 0.1 && requests < 0.1);
    const selecting = found.find(({ variant }) => variant === "dsa")!;
    const jump = publishedJump(evidence);
    const explains = selecting.search - dense.search >= jump / 2;
    return {
      findings: [
        {
          claim: "speculation-attention",
          verdict: explains ? "plausible" : "contradicted",
          says:
            `Selection alone lifts the search at 1M from ${formatShare(dense.search)} to ${formatShare(selecting.search)}; published, ${(100 * jump).toFixed(0)} points. ` +
            `Over eight columns together it is no such clear case: ${best.variant} is nearest to GPT-5.5's (${best.after.toFixed(0)} points off in the mean), dsa ${selecting.after.toFixed(0)}, dense ${dense.after.toFixed(0)}; nearest to GPT-5.4's is ${nearest54.variant} (${nearest54.before.toFixed(0)}). An existence argument, not evidence.`,
        },
      ],
      text: [
        "The article infers a new attention from the jump. The simulator can ask the narrower question: with one reader and its default parameters, nothing fitted, which change of attention alone moves eight published long-context columns from GPT-5.4's to GPT-5.5's?",
        `Selection and sharper logits both do part of it: they hold at 1M tokens where dense attention fails. A sparse attention is sufficient for the search, in this model, and not necessary: YaRN's temperature on the logits does as much, and more for counting, at the cost of reading everything.`,
        `What cannot: ${low.map(({ variant }) => variant).join(", ")} score under a tenth on both at 1M. Eviction, windows and states of fixed size lose what they did not keep; means over blocks of thousands of tokens drown the one that matters; and SSMax is so sharp at a million tokens that one of several facts takes all the weight.`,
        ...fitted(evidence),
      ],
      tables: [
        {
          titles: [
            "attention",
            "off GPT-5.4, points",
            "off GPT-5.5, points",
            "search, 1M",
            "eight requests, 1M",
          ],
          rows: found.map(({ variant, before, after, search, requests }) => [
            ...[variant, before.toFixed(1), after.toFixed(1), formatShare(search), formatShare(requests)],
          ]),
        },
      ],
      figure: barsFigure({
        title: "How far each attention is from each model's long-context columns",
        subtitle:
          "mean absolute difference over eight published columns, 128K to 1M tokens; mean field, 20 problems each",
        axis: "points",
        bars: found.flatMap(({ variant, before, after }) => [
          { name: variant, series: "from GPT-5.4", value: before, label: before.toFixed(0) },
          { name: variant, series: "from GPT-5.5", value: after, label: after.toFixed(0) },
        ]),
      }),
    };
  },
});
