import { paretoFront } from "../../hardware/serving/pareto.ts";
import type { VariantPrice } from "../../deployment/variant-price.ts";
import type { VariantScore } from "./scores.ts";

/** A variant's score beside its price. */
export interface PricedVariant extends VariantScore, VariantPrice {
  readonly system: string;
  readonly model: string;
  readonly tokens: number;
}

/** A variant with its place on the fronts of a system and model. Each price has a front. */
export interface FrontierPoint extends PricedVariant {
  /** true if no other variant is as accurate and as fast, and better in one of the two */
  readonly bestTpot: boolean;
  readonly bestUsers: boolean;
  readonly bestPrice: boolean;
}

/** Marks the variants of a system and model that are on the front of the score and each price. */
export function frontierPoints(points: readonly PricedVariant[]): FrontierPoint[] {
  const front = (measure: (point: PricedVariant) => number | null): ReadonlySet<PricedVariant> =>
    new Set(
      paretoFront(
        points.filter((point) => measure(point) !== null),
        [({ score }) => score, (point) => measure(point) ?? -Infinity],
      ),
    );
  const negative = (value: number | null): number | null => (value === null ? null : -value);
  const tpot = front(({ tpotSeconds }) => negative(tpotSeconds));
  const users = front(({ usersPerRack }) => usersPerRack);
  const price = front(({ dollarsPerMillionOutput }) => negative(dollarsPerMillionOutput));
  return points.map((point) => ({
    ...point,
    bestTpot: tpot.has(point),
    bestUsers: users.has(point),
    bestPrice: price.has(point),
  }));
}
