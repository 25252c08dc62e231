import {
  billOf,
  breakEvenPrompt,
  breakEvenReduction,
  firstAnswerSeconds,
  hiddenTokens,
  outputTokensOf,
  relativeChange,
} from "./bill.ts";
import type { Bill, PricedTask } from "./bill.ts";
import { breakEvenSurface } from "./surface.ts";
import type { SurfaceAxes, SurfacePoint } from "./surface.ts";

/** One task with two models, and a wait that hidden tokens are to explain. */
export interface EconomicsQuestion {
  readonly before: PricedTask;
  readonly after: PricedTask;
  /** seconds to the first token without hidden tokens before it */
  readonly ttft: number;
  /** observed seconds to the first token of the answer */
  readonly firstToken: number;
  /** seconds of an output token */
  readonly tpot: number;
  readonly axes: SurfaceAxes;
}

/** Costs of a task with two models, and waits for the first word of its answer. */
export interface Economics {
  readonly before: Bill;
  readonly after: Bill;
  /** after / before - 1 of prices, tokens and costs; null if `before` is 0 */
  readonly changes: Readonly<
    Record<"inputPrice" | "outputPrice" | "outputTokens" | "outputCost" | "totalCost", number | null>
  >;
  /** share of the prompt in the cost */
  readonly inputShare: { readonly before: number; readonly after: number };
  readonly breakEven: {
    /** share of the output tokens that `after` must save to cost the same */
    readonly reduction: number;
    /** prompt tokens for each output token of `before` above which `after` costs more; null for none */
    readonly promptPerOutput: number | null;
  };
  readonly firstAnswer: {
    /** seconds, with the hidden tokens of the question */
    readonly before: number;
    readonly after: number;
    /** hidden tokens that fit into the wait */
    readonly hiddenTokens: number;
    /** seconds, if `after` generated the saved output tokens as hidden ones */
    readonly savedAsHidden: number;
  };
  readonly surface: readonly SurfacePoint[];
}

export function economicsOf(question: EconomicsQuestion): Economics {
  const { before, after, ttft, firstToken, tpot, axes } = question;
  const [from, to] = [billOf(before), billOf(after)];
  const prompt = breakEvenPrompt(before, after);
  const saved = Math.max(0, outputTokensOf(before) - outputTokensOf(after));
  return {
    before: from,
    after: to,
    changes: {
      inputPrice: changeOrNull(before.prices.input, after.prices.input),
      outputPrice: changeOrNull(before.prices.output, after.prices.output),
      outputTokens: changeOrNull(outputTokensOf(before), outputTokensOf(after)),
      outputCost: changeOrNull(from.output + from.think, to.output + to.think),
      totalCost: changeOrNull(from.total, to.total),
    },
    inputShare: { before: promptShare(from), after: promptShare(to) },
    breakEven: {
      reduction: breakEvenReduction(before, after),
      promptPerOutput: Number.isFinite(prompt) ? prompt : null,
    },
    firstAnswer: {
      before: firstAnswerSeconds(ttft, tpot, before.tokens.think),
      after: firstAnswerSeconds(ttft, tpot, after.tokens.think),
      hiddenTokens: hiddenTokens(Math.max(0, firstToken - ttft), tpot),
      savedAsHidden: firstAnswerSeconds(ttft, tpot, saved),
    },
    surface: breakEvenSurface(before.prices, axes),
  };
}

/** after / before - 1; null if `before` is 0. */
export const changeOrNull = (before: number, after: number): number | null =>
  before > 0 ? relativeChange(before, after) : null;

const promptShare = ({ input, cachedInput, total }: Bill): number =>
  total > 0 ? (input + cachedInput) / total : 0;
