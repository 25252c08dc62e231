import { billOf, breakEvenReduction, relativeChange } from "./bill.ts";
import type { TokenPrices } from "./bill.ts";

/** A point of the break-even surface. */
export interface SurfacePoint {
  /** ratio of prices, `after` over `before`, the same for input and output */
  readonly priceRatio: number;
  /** prompt tokens for each output token of `before` */
  readonly promptPerOutput: number;
  readonly cachedShare: number;
  /** share of the output tokens that `after` saves */
  readonly reduction: number;
  /** relative change of the cost of the task: after / before - 1 */
  readonly costChange: number;
  /** reduction at which both cost the same */
  readonly breakEven: number;
}

/** Values of each axis of the surface. */
export interface SurfaceAxes {
  readonly priceRatios: readonly number[];
  readonly promptsPerOutput: readonly number[];
  readonly cachedShares: readonly number[];
  readonly reductions: readonly number[];
}

/** Usual prompts of a surface: 0.1 to 100 tokens for each output token. */
export const promptsPerOutput: readonly number[] = Array.from({ length: 31 }, (_, i) =>
  Number((10 ** (i / 10 - 1)).toPrecision(4)),
);

/** Relative cost of a task over price ratio, prompt and saved output tokens. @param before prices of the cheaper model */
export function breakEvenSurface(before: TokenPrices, axes: SurfaceAxes): SurfacePoint[] {
  return axes.cachedShares.flatMap((cachedShare) =>
    axes.priceRatios.flatMap((priceRatio) =>
      axes.promptsPerOutput.flatMap((promptPerOutput) => {
        const tokens = { prompt: promptPerOutput, cachedShare, output: 1, think: 0 };
        const from = { prices: before, tokens };
        const to = { prices: timesPrices(priceRatio, before), tokens };
        const breakEven = breakEvenReduction(from, to);
        const cost = billOf(from).total;
        return axes.reductions.map((reduction) => ({
          priceRatio,
          promptPerOutput,
          cachedShare,
          reduction,
          costChange: relativeChange(
            cost,
            billOf({ ...to, tokens: { ...tokens, output: 1 - reduction } }).total,
          ),
          breakEven,
        }));
      }),
    ),
  );
}

const timesPrices = (factor: number, { input, output, cachedInput }: TokenPrices): TokenPrices => ({
  input: factor * input,
  output: factor * output,
  ...(cachedInput !== undefined && { cachedInput: factor * cachedInput }),
});
