import { barsFigure, defineChapter } from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { formatMean } from "../../src/index.ts";

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

/** Rise of the published search score at 1M. */
function publishedJump({ published }: Evidence): number {
  const at = (model: string): number =>
    published.find((row) => row.benchmark === "graphwalks-bfs" && row.model === model && row.column === "1M")!
      .score;
  return at("GPT-5.5") - at("GPT-5.4");
}

/** The same question of the reader that attnsim calibrate fitted to GPT-5.4, if it was asked. */
function fitted({ explanation }: Evidence): string[] {
  if (explanation === undefined)
    return [
      "attnsim calibrate fits the reader to GPT-5.4, and attnsim explain then asks the same question of it.",
    ];
  const of = (change: { change: string; error: number; low: number; high: number }): string =>
    `${change.change} (${change.error.toFixed(1)} points, 95% interval ${change.low.toFixed(1)} to ${change.high.toFixed(1)})`;
  const unchanged = explanation.find(({ rank }) => rank === 0)!;
  const changes = explanation.filter(({ rank }) => rank > 0);
  const attentions = changes.filter(({ kind }) => kind === "attention");
  const rival = changes.find(({ kind }) => kind !== "attention");
  const best = attentions[0]!;
  const beside = (other: typeof best): string => {
    if (other.low <= best.high && best.low <= other.high)
      return "as near within the intervals, so a new attention is not the only explanation";
    return other.error < best.error ? "nearer than any attention" : "farther than the nearest attention";
  };
  return [
    [
      `The same question can be asked of a reader fitted to GPT-5.4's columns (attnsim calibrate, attnsim explain; ${changes.length} single changes). Unchanged, its mean error on GPT-5.5's columns is ${unchanged.error.toFixed(1)} points (95% interval ${unchanged.low.toFixed(1)} to ${unchanged.high.toFixed(1)}).`,
      `The nearest attentions are ${attentions.slice(0, 3).map(of).join(", ")}.`,
      ...(rival === undefined
        ? []
        : [`The nearest change of anything else is ${of(rival)}: ${beside(rival)}.`]),
    ].join(" "),
  ];
}

/** Distance of each attention from each model's columns, everything else unchanged. */
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
        search: evidence.score({ task: "graphwalks(operation=bfs)", variant, tokens: "1M" }),
        requests: evidence.score({ task: "mrcr(needles=8)", variant, tokens: "1M" }),
      }))
      .sort((a, b) => a.after - b.after);
    const dense = found.find(({ variant }) => variant === "dense")!;
    const best = found[0]!;
    const nearest54 = [...found].sort((a, b) => a.before - b.before)[0]!;
    const low = found.filter(({ search, requests }) => search.mean < 0.1 && requests.mean < 0.1);
    const selecting = found.find(({ variant }) => variant === "dsa")!;
    const jump = publishedJump(evidence);
    const explains = selecting.search.mean - dense.search.mean >= jump / 2;
    return {
      findings: [
        {
          claim: "speculation-attention",
          verdict: explains ? "plausible" : "contradicted",
          says:
            `Selection alone lifts the search at 1M from ${formatMean(dense.search)} to ${formatMean(selecting.search)} (mean and 95% interval, ${selecting.search.trials} trials); the published rise is ${(100 * jump).toFixed(0)} points. ` +
            `Over eight columns the case is less clear: ${best.variant} is nearest to GPT-5.5's (mean error ${best.after.toFixed(0)} points), dsa has ${selecting.after.toFixed(0)}, dense ${dense.after.toFixed(0)}; nearest to GPT-5.4's is ${nearest54.variant} (${nearest54.before.toFixed(0)}). This is an existence argument, not evidence.`,
        },
      ],
      text: [
        "The article infers a new attention from the jump. The simulator can ask a narrower question: with one reader and its default parameters, without a fit, which change of attention alone moves eight published long-context columns from GPT-5.4's to GPT-5.5's?",
        "Selection and sharper logits both do part of it: they hold at 1M tokens where dense attention fails. In this model a sparse attention is sufficient for the search, and not necessary: YaRN's temperature on the logits does as much, and more for counting, but it reads everything.",
        `Others fail: ${low.map(({ variant }) => variant).join(", ")} score under .10 on both at 1M. Eviction, windows and states of fixed size lose the tokens that they drop; in a mean over thousands of tokens the one that matters disappears; and SSMax is so sharp at a million tokens that one of several facts takes all the weight.`,
        ...fitted(evidence),
      ],
      tables: [
        {
          titles: [
            "attention",
            "error against GPT-5.4, points",
            "error against GPT-5.5, points",
            "search, 1M",
            "eight requests, 1M",
          ],
          rows: found.map(({ variant, before, after, search, requests }) => [
            variant,
            before.toFixed(1),
            after.toFixed(1),
            formatMean(search),
            formatMean(requests),
          ]),
        },
      ],
      figure: barsFigure({
        title: "Distance of each attention from each model's long-context columns",
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
