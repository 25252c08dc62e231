import type { StepCost, StepShape } from "../core/cost.ts";
import type { AnyParams } from "../core/params.ts";
import { denseCost } from "./parts/costs.ts";
import type { AnyVariant } from "./variant.ts";

/** Cost of one query of the context, the last of `shape.tokens`. */
export function contextQueryCost(variant: AnyVariant, shape: StepShape, params: AnyParams): StepCost {
  if (variant.prefillCost) return variant.prefillCost(shape, params);
  return variant.prefill === "dense" ? denseCost(shape) : variant.cost(shape, params);
}

/** Operations of the attention of a whole prefill. */
export interface PrefillCost {
  readonly flops: number;
  readonly exponentials: number;
}

/** Number of lengths at which the cost of a query is computed. Between two of them it is about linear. */
const nodes = 256;

/**
 * Operations of all queries of the context, for one layer and one sequence: the sum of `contextQueryCost` over lengths
 * 1 to N, by the trapezoidal rule between 256 lengths. It is exact up to 256 tokens, and for a cost that is linear
 * between two lengths.
 */
export function prefillCost(variant: AnyVariant, shape: StepShape, params: AnyParams): PrefillCost {
  const { tokens } = shape;
  const lengths = [
    ...new Set(
      Array.from({ length: Math.min(nodes, tokens) }, (_, i) =>
        tokens <= nodes ? i + 1 : Math.round(1 + (i * (tokens - 1)) / (nodes - 1)),
      ),
    ),
  ];
  const costs = lengths.map((length) => contextQueryCost(variant, { ...shape, tokens: length }, params));
  const total = (of: (cost: StepCost) => number): number =>
    lengths.reduce((sum, length, i) => {
      const here = of(costs[i]!);
      if (i === 0) return here;
      // the lengths after the last node up to this one
      const steps = length - lengths[i - 1]!;
      return sum + (steps * (here + of(costs[i - 1]!))) / 2 + (here - of(costs[i - 1]!)) / 2;
    }, 0);
  return { flops: total((cost) => cost.flops), exponentials: total((cost) => cost.exponentials) };
}
