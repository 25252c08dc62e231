import type { StepCost, StepShape } from "../core/cost.ts";
import type { AnyParams } from "../core/params.ts";
import { denseCost } from "./parts/costs.ts";
import type { AnyVariant } from "./variant.ts";

/** What one query of the context costs, the last of `shape.tokens`. */
export function contextQueryCost(variant: AnyVariant, shape: StepShape, params: AnyParams): StepCost {
  if (variant.prefillCost) return variant.prefillCost(shape, params);
  return variant.prefill === "dense" ? denseCost(shape) : variant.cost(shape, params);
}

/** Operations of the attention of a whole prefill. */
export interface PrefillCost {
  readonly flops: number;
  readonly exponentials: number;
}

/** Lengths at which the cost of a query is taken; it is linear between two of them, or nearly. */
const nodes = 256;

/**
 * Attention of all queries of the context, one layer and one sequence: the sum of `contextQueryCost` over lengths 1 to
 * N, by the trapezoidal rule between 256 lengths (exact up to there, and where the cost is linear between two).
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
      // of the lengths after the last one up to this one
      const steps = length - lengths[i - 1]!;
      return sum + (steps * (here + of(costs[i - 1]!))) / 2 + (here - of(costs[i - 1]!)) / 2;
    }, 0);
  return { flops: total((cost) => cost.flops), exponentials: total((cost) => cost.exponentials) };
}
