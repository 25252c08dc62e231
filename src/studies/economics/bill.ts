/** Prices of tokens, USD per million. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** price of a prompt token that a cache serves; default: the input price */
  readonly cachedInput?: number | undefined;
}

/** Tokens of one task. */
export interface TaskTokens {
  readonly prompt: number;
  /** share of the prompt that a cache serves, 0 to 1 */
  readonly cachedShare: number;
  /** tokens of the answer */
  readonly output: number;
  /** hidden reasoning tokens, charged as output */
  readonly think: number;
}

/** A model's prices, and the tokens of a task with it. */
export interface PricedTask {
  readonly prices: TokenPrices;
  readonly tokens: TaskTokens;
}

/** Cost of a task, USD. */
export interface Bill {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  readonly think: number;
  readonly total: number;
}

const perMillion = (tokens: number, price: number): number => (tokens * price) / 1e6;

export function billOf({ prices, tokens }: PricedTask): Bill {
  const { prompt, cachedShare, output, think } = tokens;
  const parts = {
    input: perMillion(prompt * (1 - cachedShare), prices.input),
    cachedInput: perMillion(prompt * cachedShare, prices.cachedInput ?? prices.input),
    output: perMillion(output, prices.output),
    think: perMillion(think, prices.output),
  };
  return { ...parts, total: parts.input + parts.cachedInput + parts.output + parts.think };
}

/** after / before - 1: -0.44 is 44% less. */
export const relativeChange = (before: number, after: number): number => after / before - 1;

/** Output tokens of a task, hidden reasoning included. */
export const outputTokensOf = ({ tokens }: PricedTask): number => tokens.output + tokens.think;

/**
 * The share of the output tokens of `before` that `after` must save to cost the same. It is negative if `after` may
 * take more tokens, and over 1 if no answer is short enough.
 */
export function breakEvenReduction(before: PricedTask, after: PricedTask): number {
  const promptCost = billOf({ ...after, tokens: { ...after.tokens, output: 0, think: 0 } }).total;
  const left = billOf(before).total - promptCost;
  return 1 - left / perMillion(outputTokensOf(before), after.prices.output);
}

/**
 * Prompt tokens for each output token of `before` above which `after` costs more. It is Infinity if the prompt of
 * `after` costs no more, and 0 or less if `after` costs more without a prompt.
 */
export function breakEvenPrompt(before: PricedTask, after: PricedTask): number {
  const saved =
    perMillion(outputTokensOf(before), before.prices.output) -
    perMillion(outputTokensOf(after), after.prices.output);
  const extra = promptPrice(after) - promptPrice(before);
  return extra > 0 ? saved / perMillion(outputTokensOf(before), extra) : Infinity;
}

/** Price of a partly cached prompt, USD per million tokens. */
const promptPrice = ({ prices, tokens: { cachedShare } }: PricedTask): number =>
  billOf({ prices, tokens: { prompt: 1e6, cachedShare, output: 0, think: 0 } }).total;

/** Seconds to the first token of an answer. Hidden tokens are decoded before it. */
export const firstAnswerSeconds = (ttft: number, tpot: number, think: number): number => ttft + think * tpot;

/** Hidden tokens that fit into a wait. @param tpot seconds of a token */
export const hiddenTokens = (seconds: number, tpot: number): number => Math.floor(seconds / tpot + 1e-9);
