import {
  breakEvenFigure,
  claimOf,
  defineChapter,
  derivedFigure,
  economicsOf,
  findModel,
  promptsPerOutput,
  readPrices,
} from "../../src/experiments.ts";

/** Prices, output tokens, and what a task costs. */
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
        ...{ before: side("GPT-5.4", undefined, prompt), after: side("GPT-5.5", taskTokens, prompt) },
        ...{ ttft: 0.5, firstToken: 3, tpot: 0.02, axes },
      });
    const [alone, long, modest] = [ask(0), ask(256_000), ask(0, 6000)];
    const turn = alone.breakEven.promptPerOutput!;
    const never = economicsOf({
      ...{ before: side("GPT-5.4", undefined, 0), after: side("GPT-5.5", 0, 0) },
      ...{ ttft: 0.5, firstToken: 3, tpot: 0.02, axes },
    }).breakEven.promptPerOutput!;
    const digits = ["input-price", "output-price", "output-tokens", "net-output-cost"].map((id) => {
      const claim = claimOf(id);
      return { claim, ours: derivedFigure(claim)! };
    });
    const usd = (value: number): string => `$${Number(value.toPrecision(3))}`;
    const percent = (value: number): string =>
      `${value < 0 ? "-" : "+"}${Math.round(100 * Math.abs(value))}%`;
    const notes: Readonly<Record<string, string>> = {
      "input-price": "Input is dearer too, which the article's sum leaves out.",
      "output-tokens": `Pages that print 72% compare with Claude Opus 4.7, not with GPT-5.4. With the 40% that others report against GPT-5.4 the task would cost ${usd(modest.after.total)}, ${percent(modest.changes.totalCost!)}.`,
      "net-output-cost": `${usd(alone.before.total)} to ${usd(alone.after.total)}, of output alone. From ${turn.toFixed(1)} prompt tokens for each output token on, the whole task costs more.`,
    };
    const row = (name: string, { before, after, changes }: typeof alone): string[] => [
      ...[name, usd(before.total), usd(after.total), percent(changes.totalCost!)],
    ];
    return {
      findings: digits.map(({ claim, ours }) => ({
        claim: claim.id,
        verdict: ours === claim.derived ? "reproduced" : "contradicted",
        says: [`${ours}, from the two numbers.`, notes[claim.id] ?? ""].join(" ").trim(),
      })),
      text: [
        `The sum is right: ${usd(alone.before.total)} becomes ${usd(alone.after.total)}. It holds for a task without a prompt. Input costs twice as much as well, and nothing shortens a prompt: at the prices of the article the saving is gone from ${turn.toFixed(1)} prompt tokens for each output token of GPT-5.4 on, and from ${never.toFixed(1)} on no answer is short enough. Questions about long contexts lie far beyond: 256,000 tokens of prompt and 10,000 of output are 26 to 1. A cache moves the point, where most of the prompt comes from it; attnsim economics --cached says by how much.`,
        "Hidden reasoning is charged as output. A model that thinks before it speaks saves only what it does not think either.",
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
