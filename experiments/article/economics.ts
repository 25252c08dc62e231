import {
  breakEvenFigure,
  claimOf,
  defineChapter,
  derivedFinding,
  economicsOf,
  findModel,
  promptsPerOutput,
  readPrices,
} from "../../src/experiments.ts";
import { formatChange, formatUsd } from "../../src/index.ts";

/** Prices, output tokens, and the cost of a task. */
export const economics = defineChapter({
  name: "economics",
  title: "Twice the price, 44% less to pay?",
  tell() {
    const table = readPrices();
    const side = (name: string, taskTokens: number | undefined, prompt: number) => {
      const model = findModel(table, name);
      return {
        prices: { input: model.input!, output: model.output! },
        tokens: { prompt, cachedShare: 0, output: taskTokens ?? model.taskTokens!, think: 0 },
      };
    };
    const axes = {
      priceRatios: [1.25, 1.5, 2, 3],
      promptsPerOutput,
      cachedShares: [0],
      reductions: [0.72],
    };
    const ask = (prompt: number, taskTokens?: number) =>
      economicsOf({
        before: side("GPT-5.4", undefined, prompt),
        after: side("GPT-5.5", taskTokens, prompt),
        ttft: 0.5,
        firstToken: 3,
        tpot: 0.02,
        axes,
      });
    const [alone, long, modest, silent] = [ask(0), ask(256_000), ask(0, 6000), ask(0, 0)];
    const turn = alone.breakEven.promptPerOutput!.toFixed(1);
    const never = silent.breakEven.promptPerOutput!.toFixed(1);
    const notes: Readonly<Record<string, string>> = {
      "input-price": "Input is dearer too, which the article's sum leaves out.",
      "output-tokens": `Pages that print 72% compare with Claude Opus 4.7, not with GPT-5.4. With the 40% that others report against GPT-5.4 the task would cost ${formatUsd(modest.after.total)}, ${formatChange(modest.changes.totalCost!)}.`,
      "net-output-cost": `${formatUsd(alone.before.total)} to ${formatUsd(alone.after.total)}, for output alone. Above ${turn} prompt tokens for each output token the whole task costs more.`,
    };
    const row = (name: string, { before, after, changes }: typeof alone): string[] => [
      name,
      formatUsd(before.total),
      formatUsd(after.total),
      formatChange(changes.totalCost!),
    ];
    return {
      findings: ["input-price", "output-price", "output-tokens", "net-output-cost"].map((id) =>
        derivedFinding(claimOf(id), (ours) => `${ours}, from the two numbers. ${notes[id] ?? ""}`.trim()),
      ),
      text: [
        `The sum is right: ${formatUsd(alone.before.total)} becomes ${formatUsd(alone.after.total)}. It holds for a task without a prompt. Input costs twice as much as well, and a prompt does not get shorter. At the article's prices the saving is gone above ${turn} prompt tokens for each output token of GPT-5.4, and above ${never} no answer is short enough. Questions about long contexts lie far above: 256,000 tokens of prompt and 10,000 of output are 26 to 1. A cache that serves most of the prompt moves this point; attnsim economics --cached computes by how much.`,
        "Hidden reasoning is charged as output. A model that thinks before it answers saves only if it thinks less as well.",
      ],
      tables: [
        {
          titles: ["task", "GPT-5.4", "GPT-5.5", "change"],
          rows: [
            row("output alone, 10,000 and 2,800 tokens", alone),
            row("the same after a prompt of 256,000 tokens", long),
            row("output alone, 10,000 and 6,000 tokens (-40%)", modest),
          ],
        },
      ],
      figure: breakEvenFigure(alone.surface, 0.72),
      sources: [
        {
          title: "72% fewer output tokens, against Claude Opus 4.7: GPT-5.5, The Complete Developer Guide",
          url: "https://codersera.com/blog/gpt-5-5-complete-guide-2026/",
        },
        {
          title: "about 40% fewer, against GPT-5.4: GPT-5.5 Technical Deep Dive",
          url: "https://vibekk.com/archives/gpt-5-5-technical-deep-dive-coding-reasoning",
        },
      ],
    };
  },
});
