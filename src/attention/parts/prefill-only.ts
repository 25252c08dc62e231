import type { StepCost, StepShape } from "../../core/cost.ts";
import { costOfTokens } from "./costs.ts";

// Shared by patterns of prefill: the cache is kept whole, and decoding is dense.

/** Cost of a query of the context that reads at most `tokens` tokens. */
export const prefillReads = (shape: StepShape, tokens: number): StepCost =>
  costOfTokens(shape, Math.min(tokens, shape.tokens), shape.tokens);

/**
 * Indices of the fewest largest values that together reach a share of the sum; at least one index, ascending.
 *
 * @param always indices that are taken first, whatever their value
 */
export function covering(values: ArrayLike<number>, share: number, always: readonly number[] = []): number[] {
  const first = new Set(always);
  const places = Array.from({ length: values.length }, (_, at) => at);
  places.sort((a, b) => Number(first.has(b)) - Number(first.has(a)) || values[b]! - values[a]! || a - b);
  const total = places.reduce((sum, at) => sum + values[at]!, 0);
  const least = Math.max(1, first.size);
  let [sum, count] = [0, 0];
  while (count < places.length && (count < least || sum < share * total)) sum += values[places[count++]!]!;
  return places.slice(0, count).sort((a, b) => a - b);
}
