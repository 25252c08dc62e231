/**
 * How sparse may attention be for one fact, for several, and for a whole text, and do longer contexts bear more?
 *
 * Quest, which the source finds best in decoding, at budgets of 50% to 2% of the context, on RULER.
 */
import { defineTrend } from "../../src/experiments.ts";
import { formatShare } from "../../src/index.ts";

const lengths = [4096, 16_384];
const sparsities = [0, 0.5, 0.8, 0.9, 0.95, 0.98];
const tasks = {
  niah_single_2: "one fact",
  niah_multiquery: "four facts",
  vt: "a chain of four",
  cwe: "the whole text",
};
const several = [tasks.niah_multiquery, tasks.vt, tasks.cwe];
const panelOf = (tokens: number): string => `${tokens / 1024}K tokens`;

const variantOf = (sparsity: number, tokens: number): string =>
  sparsity === 0 ? "dense" : `quest(budget=${Math.round((1 - sparsity) * tokens)})`;

/** Share of the keys that is read. */
const readAt = (sparsity: number): number => Number((1 - sparsity).toFixed(2));

/** A sparsity holds if it keeps this share of dense attention's score. */
const holds = 0.9;

export const sparseFrontier = defineTrend({
  name: "sparse-frontier",
  question: "How sparse may attention be for one fact, for several, and for a whole text?",
  sources: [
    {
      title: "The Sparse Frontier: Sparse Attention Trade-offs in Transformer LLMs",
      url: "https://arxiv.org/abs/2504.17768",
      where: "results by task, sparsity and length",
    },
  ],
  claim:
    "one fact holds at sparsity .95; several and aggregation degrade at .5 to .9; longer contexts bear more",
  note: "the source's tasks are its own, RULER's stand for them; its curves could not be read, so that none are drawn",
  rule: `a task holds while it keeps ${holds} of the score of dense attention: one fact to a sparsity of .95 or more, every other task to .9 at most, none to less at 16K than at 4K`,
  *trials(trial) {
    for (const tokens of lengths)
      for (const task of Object.keys(tasks))
        for (let n = 0; n < 8; n++)
          for (const sparsity of sparsities)
            yield trial({
              task: `ruler(task=${task})`,
              variant: variantOf(sparsity, tokens),
              tokens,
              trial: n,
            });
  },
  place: ({ variant, task, tokensNominal }) => ({
    panel: panelOf(tokensNominal),
    series: tasks[(/task=(\w+)/.exec(task)?.[1] ?? "") as keyof typeof tasks],
    x: readAt(sparsities.find((sparsity) => variantOf(sparsity, tokensNominal) === variant)!),
  }),
  published: [],
  axes: {
    x: { title: "share of the keys that is read, 1 - sparsity", kind: "log" },
    y: { title: "score", kind: "share" },
  },
  judge(found) {
    const at = (task: string, tokens: number, sparsity: number): number =>
      found(panelOf(tokens), task, readAt(sparsity)).mean;
    /** the sparsest of the settings up to which a task holds */
    const borne = (task: string, tokens: number): number => {
      const lost = sparsities.findIndex(
        (sparsity) => at(task, tokens, sparsity) < holds * at(task, tokens, 0),
      );
      return sparsities[lost < 0 ? sparsities.length - 1 : Math.max(0, lost - 1)]!;
    };
    const [short, long] = lengths as [number, number];
    const one = borne(tasks.niah_single_2, short);
    const others = several.map((task) => ({ task, short: borne(task, short), long: borne(task, long) }));
    const degrade = others.filter((other) => other.short <= 0.9);
    // what dense attention does not do either says nothing of sparsity
    const done = [tasks.niah_single_2, ...several].filter((task) => at(task, long, 0) >= 0.5);
    const longer = done.filter((task) => borne(task, long) < borne(task, short));
    const agrees = one >= 0.95 && degrade.length === others.length && longer.length === 0;
    return {
      verdict: agrees ? "reproduced" : "contradicted",
      ours: `4K: one fact to ${formatShare(one)}; ${others.map((other) => `${other.task} to ${formatShare(other.short)}`).join("; ")}`,
      sentence: [
        `at 4K tokens one fact holds to a sparsity of ${formatShare(one)}, `,
        `${others.map((other) => `${other.task} to ${formatShare(other.short)} (16K: ${done.includes(other.task) ? formatShare(other.long) : `dense attention scores ${formatShare(at(other.task, long, 0))}`})`).join(", ")}. `,
        longer.length === 0
          ? "Longer contexts bear as much or more. "
          : `Longer contexts bear less on ${longer.join(", ")}. `,
        degrade.length === others.length
          ? "Several facts and whole texts are lost first, as published."
          : `Yet ${others
              .filter((other) => other.short > 0.9)
              .map(({ task }) => task)
              .join(
                " and ",
              )} bear more than the source's .9: each of the reader's queries asks for one thing, and the pages it needs are few.`,
      ].join(""),
    };
  },
});
