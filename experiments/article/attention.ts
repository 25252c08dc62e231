import {
  barsFigure,
  compare,
  defineChapter,
  explains,
  explanationVerdict,
  fails,
  gainText,
  listText,
  overlap,
  problemsText,
  publishedPercent,
  scoreText,
  signedPoints,
} from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { parents, problems, requests, search } from "./tasks.ts";
import { textReader } from "./text-reader.ts";

/** Each attention and the kind of change that it is. */
const kinds = {
  dense: "none",
  mla: "none",
  "dense+yarn": "logits",
  "dense+ssmax": "logits",
  oracle: "selection",
  dsa: "selection",
  "index-share": "selection",
  "infllm-v2": "selection",
  nsa: "selection",
  moba: "selection",
  shadowkv: "selection",
  "sink-window": "drops",
  snapkv: "drops",
  h2o: "drops",
  kda: "state",
  "gated-deltanet": "state",
} as const;

type AttentionName = keyof typeof kinds;
const variants = Object.keys(kinds) as AttentionName[];

/** Why attentions of a kind fail, if they do. */
const reasons: Readonly<Record<string, string>> = {
  logits: "logits so sharp that one of several facts takes all the weight",
  selection: "summaries of blocks in which the one token that matters disappears",
  drops: "tokens that are dropped before they are asked for",
  state: "a state of fixed size that holds too few tokens",
};

const columns = [
  { benchmark: "graphwalks-bfs", column: "256K", task: search, tokens: "256K" },
  { benchmark: "graphwalks-bfs", column: "1M", task: search, tokens: "1M" },
  { benchmark: "graphwalks-parents", column: "256K", task: parents, tokens: "256K" },
  { benchmark: "graphwalks-parents", column: "1M", task: parents, tokens: "1M" },
  { benchmark: "mrcr-v2-8needle", column: "64K-128K", task: requests, tokens: "128K" },
  { benchmark: "mrcr-v2-8needle", column: "128K-256K", task: requests, tokens: "256K" },
  { benchmark: "mrcr-v2-8needle", column: "256K-512K", task: requests, tokens: "512K" },
  { benchmark: "mrcr-v2-8needle", column: "512K-1M", task: requests, tokens: "1M" },
];

/** Mean distance of a variant's scores from a model's, in points. */
function distance(evidence: Evidence, variant: string, model: string): number {
  const gaps = columns.map(({ benchmark, column, task, tokens }) =>
    Math.abs(
      100 * evidence.score({ task, variant, tokens }).mean -
        publishedPercent(evidence, { benchmark, model, column }),
    ),
  );
  return gaps.reduce((a, b) => a + b, 0) / gaps.length;
}

/** The same question of the reader that attnsim calibrate fitted to GPT-5.4, if it was asked. */
function fitted({ explanation, say }: Evidence): string[] {
  if (explanation === undefined)
    return [
      "attnsim calibrate fits the reader to GPT-5.4, and attnsim explain then asks the same question of it.",
    ];
  const error = ({ change, error: value, low, high }: (typeof explanation)[number]): string =>
    say(
      `error of the fitted reader after ${change}`,
      `${value.toFixed(1)} points, 95% interval ${low.toFixed(1)} to ${high.toFixed(1)}`,
    );
  const of = (change: (typeof explanation)[number]): string => `${change.change} (${error(change)})`;
  const unchanged = explanation.find(({ rank }) => rank === 0)!;
  const changes = explanation.filter(({ rank }) => rank > 0);
  const attentions = changes.filter(({ kind }) => kind === "attention");
  const rival = changes.find(({ kind }) => kind !== "attention");
  const best = attentions[0]!;
  const beside = (other: typeof best): string => {
    if (overlap(other, best))
      return "as near within the intervals, so a new attention is not the only explanation";
    return other.error < best.error ? "nearer than any attention" : "farther than the nearest attention";
  };
  return [
    [
      `The same question can be asked of a reader fitted to GPT-5.4's columns (attnsim calibrate, attnsim explain; ${say("single changes of the fitted reader", String(changes.length))} single changes). Unchanged, its mean error on GPT-5.5's columns is ${error(unchanged)}.`,
      `The nearest attentions are ${attentions.slice(0, 3).map(of).join(", ")}.`,
      ...(rival === undefined
        ? []
        : [`The nearest change of anything else is ${of(rival)}: ${beside(rival)}.`]),
    ].join(" "),
  ];
}

const at = (task: string, variant: string) => ({ task, variant, tokens: "1M" });

/** Each attention with its distances from both models. */
const distancesOf = (evidence: Evidence) =>
  variants
    .map((variant) => {
      const [before, after] = [
        distance(evidence, variant, "GPT-5.4"),
        distance(evidence, variant, "GPT-5.5"),
      ];
      const text = (model: string, value: number): string =>
        evidence.say(`mean distance of ${variant} from ${model}'s columns, points`, value.toFixed(1));
      return {
        variant,
        kind: kinds[variant],
        before,
        after,
        beforeText: text("GPT-5.4", before),
        afterText: text("GPT-5.5", after),
      };
    })
    .sort((a, b) => a.after - b.after);

/** The attentions that explain a published gain at 1M, by kind, in a sentence. */
function explaining(evidence: Evidence, task: string, gain: number): Map<string, AttentionName[]> {
  const found = new Map<string, AttentionName[]>();
  for (const variant of variants)
    if (explains(evidence.gain(at(task, "dense"), at(task, variant)), gain))
      found.set(kinds[variant], [...(found.get(kinds[variant]) ?? []), variant]);
  return found;
}

/** Which kinds of change are enough for the search, and which for the requests. */
function sufficient(evidence: Evidence, jumps: { search: number; requests: number }): string {
  const name = (list: readonly AttentionName[] | undefined, task: string): string =>
    list === undefined
      ? "none"
      : listText(
          list.map((variant) => `${variant} (${gainText(evidence, at(task, "dense"), at(task, variant))})`),
        );
  const [walks, counts] = [
    explaining(evidence, search, jumps.search),
    explaining(evidence, requests, jumps.requests),
  ];
  const both = walks.has("selection") && walks.has("logits");
  const only = walks.has("selection") && !walks.has("logits");
  return [
    `Half of the published rise of the search at 1M, or more, comes from these selections: ${name(walks.get("selection"), search)}; and from these changes of the logits: ${name(walks.get("logits"), search)}.`,
    `Of eight identical requests at 1M: selections ${name(counts.get("selection"), requests)}; logits ${name(counts.get("logits"), requests)}.`,
    ...(both
      ? [
          "So in this model a sparse attention is sufficient for the search and not necessary: sharper logits do it too, and they read everything.",
        ]
      : []),
    ...(only ? ["So in this model the search asks for a selection."] : []),
  ].join(" ");
}

/** The attentions that fail both tasks at 1M, and why. */
function failing(evidence: Evidence): string[] {
  const low = variants.filter((variant) =>
    [search, requests].every((task) => fails(evidence.score(at(task, variant)).mean)),
  );
  const causes = [...new Set(low.map((variant) => kinds[variant]))].flatMap((kind) => reasons[kind] ?? []);
  return low.length === 0
    ? []
    : [`Both fail at 1M with ${listText(low)}${causes.length === 0 ? "" : `: ${causes.join("; ")}`}.`];
}

/** Distance of each attention from each model's columns, everything else unchanged. */
export const attention = defineChapter({
  name: "attention",
  title: "Does another attention explain the jump?",
  *trials(trial) {
    for (const { task, tokens } of columns)
      for (let n = 0; n < problems; n++)
        for (const variant of variants) yield trial({ task, variant, tokens, trial: n });
  },
  tell(evidence) {
    const { say } = evidence;
    const found = distancesOf(evidence);
    const dense = found.find(({ variant }) => variant === "dense")!;
    const nearest = found[0]!;
    const selecting = found.find(({ kind }) => kind === "selection")!;
    const nearest54 = [...found].sort((a, b) => a.before - b.before)[0]!;
    const alike = found.slice(1).filter(({ after }) => compare(after, nearest.after) === "alike");
    const rise = (benchmark: string, column: string): number =>
      publishedPercent(evidence, { benchmark, model: "GPT-5.5", column }) -
      publishedPercent(evidence, { benchmark, model: "GPT-5.4", column });
    const jump = rise("graphwalks-bfs", "1M");
    const jumpText = say(
      "gain of graphwalks-bfs, GPT-5.4 at 1M to GPT-5.5 at 1M",
      `${signedPoints(jump)} pp`,
    );
    const [from, to] = [at(search, "dense"), at(search, selecting.variant)];
    const count = say("published columns that are compared", String(columns.length));
    return {
      findings: [
        {
          claim: "speculation-attention",
          verdict: explanationVerdict({
            gain: evidence.gain(from, to),
            published: jump / 100,
            unchangedError: dense.after,
            changedError: selecting.after,
          }),
          says:
            `${selecting.variant}, the selection nearest to GPT-5.5's columns, moves the search at 1M from ${scoreText(evidence, from)} to ${scoreText(evidence, to)} (${gainText(evidence, from, to)}; 95% intervals, ${problemsText(evidence, from)} problems); the published gain is ${jumpText}. ` +
            `Over ${count} columns its mean error against GPT-5.5 is ${selecting.afterText} points, that of dense attention ${dense.afterText}. The nearest of all is ${nearest.variant} (${nearest.afterText})${alike.length === 0 ? "" : `, and ${listText(alike.map(({ variant, afterText }) => `${variant} (${afterText})`))} ${alike.length === 1 ? "is" : "are"} as near`}; nearest to GPT-5.4 is ${nearest54.variant} (${nearest54.beforeText}). This is an existence argument, not evidence.`,
        },
      ],
      text: [
        `The article infers a new attention from the jump. The simulator can ask a narrower question: with one reader and its default parameters, without a fit, which change of attention alone moves ${count} published long-context columns from GPT-5.4's to GPT-5.5's?`,
        sufficient(evidence, {
          search: jump / 100,
          requests: rise("mrcr-v2-8needle", "512K-1M") / 100,
        }),
        ...failing(evidence),
        ...fitted(evidence),
        ...textReader(evidence),
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
          rows: found.map(({ variant, beforeText, afterText }) => [
            variant,
            beforeText,
            afterText,
            scoreText(evidence, at(search, variant)),
            scoreText(evidence, at(requests, variant)),
          ]),
        },
      ],
      figure: barsFigure({
        title: "Distance of each attention from each model's long-context columns",
        subtitle: `mean absolute difference over ${columns.length} published columns, 128K to 1M tokens; mean field, ${problems} problems each`,
        axis: "points",
        bars: found.flatMap(({ variant, before, after }) => [
          { name: variant, series: "from GPT-5.4", value: before, label: before.toFixed(1) },
          { name: variant, series: "from GPT-5.5", value: after, label: after.toFixed(1) },
        ]),
      }),
    };
  },
});
