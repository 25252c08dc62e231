import { findModel, readPrices } from "../economics/prices.ts";
import { economicsOf } from "../economics/result.ts";
import type { Economics } from "../economics/result.ts";
import { promptsPerOutput } from "../economics/surface.ts";
import { relativeChange } from "../economics/bill.ts";
import { claimOf, valuesOf } from "./claims.ts";

/** The prompt of a question about a long context, in tokens. */
export const longPrompt = 256_000;

/**
 * The article's task with GPT-5.4 and GPT-5.5 at the article's prices.
 *
 * @param prompt tokens of the prompt
 * @param output tokens of GPT-5.5's answer; the article's where it is left out
 */
export function taskCost(prompt: number, output?: number): Economics {
  const table = readPrices();
  const [slow, quick] = valuesOf(claimOf("ttft"))!;
  const side = (name: string, answer: number | undefined) => {
    const model = findModel(table, name);
    return {
      prices: { input: model.input!, output: model.output! },
      tokens: { prompt, cachedShare: 0, output: answer ?? model.taskTokens!, think: 0 },
    };
  };
  const [before, after] = [side("GPT-5.4", undefined), side("GPT-5.5", output)];
  return economicsOf({
    before,
    after,
    ttft: quick,
    firstToken: slow,
    tpot: 0.02,
    axes: {
      priceRatios: [1.25, 1.5, 2, 3],
      promptsPerOutput,
      cachedShares: [0],
      reductions: [-relativeChange(before.tokens.output, after.tokens.output)],
    },
  });
}
