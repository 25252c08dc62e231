/** What is charged for tokens, USD per million; an absent price is one that nobody stated. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** of a prompt token that is served from a cache; the input price where absent */
  readonly cachedInput?: number | undefined;
}

/** Tokens of one task. */
export interface TaskTokens {
  readonly prompt: number;
  /** share of the prompt that is served from a cache, 0 to 1 */
  readonly cachedShare: number;
  /** of the answer that is shown */
  readonly output: number;
  /** of reasoning that is not shown, charged as output */
  readonly think: number;
}

/** What a task costs, USD. */
export interface Bill {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  readonly think: number;
  readonly total: number;
}

const perMillion = (tokens: number, price: number): number => (tokens * price) / 1e6;

export function billOf({ prompt, cachedShare, output, think }: TaskTokens, prices: TokenPrices): Bill {
  const parts = {
    input: perMillion(prompt * (1 - cachedShare), prices.input),
    cachedInput: perMillion(prompt * cachedShare, prices.cachedInput ?? prices.input),
    output: perMillion(output, prices.output),
    think: perMillion(think, prices.output),
  };
  return { ...parts, total: parts.input + parts.cachedInput + parts.output + parts.think };
}

/** after / before - 1: -0.44 is 44% less. */
export const change = (before: number, after: number): number => after / before - 1;

/** A model's prices and the tokens that a task takes with it. */
export interface Side {
  readonly prices: TokenPrices;
  readonly tokens: TaskTokens;
}

/**
 * The share by which `after` must lower the output tokens of `before`, thinking included, to cost the same: negative
 * where it may even take more, over 1 where no answer is short enough.
 */
export function breakEvenReduction(before: Side, after: Side): number {
  const spent = before.tokens.output + before.tokens.think;
  const prompt = billOf({ ...after.tokens, output: 0, think: 0 }, after.prices).total;
  const left = billOf(before.tokens, before.prices).total - prompt;
  return 1 - left / perMillion(spent, after.prices.output);
}

/**
 * Prompt tokens for each output token of `before` from which on `after` costs more; Infinity where its prompt is no
 * dearer, 0 or less where it costs more even without a prompt.
 */
export function breakEvenPrompt(before: Side, after: Side): number {
  const spent = before.tokens.output + before.tokens.think;
  const saved =
    perMillion(spent, before.prices.output) -
    perMillion(after.tokens.output + after.tokens.think, after.prices.output);
  const dearer = promptPrice(after) - promptPrice(before);
  return dearer > 0 ? saved / perMillion(spent, dearer) : Infinity;
}

/** USD per million tokens of a prompt that is cached in part. */
const promptPrice = ({ prices, tokens: { cachedShare } }: Side): number =>
  billOf({ prompt: 1e6, cachedShare, output: 0, think: 0 }, prices).total;

/** A point of the break-even surface. */
export interface SurfacePoint {
  /** price of `after` over that of `before`, input and output alike */
  readonly priceRatio: number;
  /** prompt tokens for each output token of `before` */
  readonly promptPerOutput: number;
  readonly cachedShare: number;
  /** share of the output tokens that `after` saves */
  readonly reduction: number;
  /** of the cost of the task, after / before - 1 */
  readonly costChange: number;
  /** reduction at which both cost the same */
  readonly breakEven: number;
}

/** What the surface is drawn over. */
export interface SurfaceAxes {
  readonly priceRatios: readonly number[];
  readonly promptsPerOutput: readonly number[];
  readonly cachedShares: readonly number[];
  readonly reductions: readonly number[];
}

/** The change of a task's cost over price ratio, prompt and saved output tokens, from the prices of `before`. */
export function breakEvenSurface(before: TokenPrices, axes: SurfaceAxes): SurfacePoint[] {
  const { priceRatios, promptsPerOutput, cachedShares, reductions } = axes;
  return cachedShares.flatMap((cachedShare) =>
    priceRatios.flatMap((priceRatio) =>
      promptsPerOutput.flatMap((promptPerOutput) => {
        const tokens = { prompt: promptPerOutput, cachedShare, output: 1, think: 0 };
        const from = { prices: before, tokens };
        const to = { prices: dearer(before, priceRatio), tokens };
        const [breakEven, cost] = [breakEvenReduction(from, to), billOf(tokens, before).total];
        return reductions.map((reduction) => ({
          ...{ priceRatio, promptPerOutput, cachedShare, reduction, breakEven },
          costChange: change(cost, billOf({ ...tokens, output: 1 - reduction }, to.prices).total),
        }));
      }),
    ),
  );
}

const dearer = ({ input, output, cachedInput }: TokenPrices, by: number): TokenPrices => ({
  input: by * input,
  output: by * output,
  ...(cachedInput !== undefined && { cachedInput: by * cachedInput }),
});

/** Seconds to the first token of the answer: what hidden tokens come before it are decoded first. */
export const firstAnswerSeconds = (ttft: number, tpot: number, think: number): number => ttft + think * tpot;

/** Hidden tokens that fit into a wait, at so many seconds a token. */
export const hiddenTokens = (seconds: number, tpot: number): number => Math.floor(seconds / tpot + 1e-9);
