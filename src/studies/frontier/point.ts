import type { VariantPrice } from "../../deployment/variant-price.ts";

/** How accurate a variant is at a length: the mean of its tasks' means, with the 95% interval of the mean of trials. */
export interface VariantScore {
  readonly variant: string;
  readonly score: number;
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

/** A variant's score beside its price. */
export interface FrontierPoint extends VariantScore, VariantPrice {
  readonly system: string;
  readonly model: string;
  readonly tokens: number;
  /** no other variant is as accurate and as cheap, and better in one of the two */
  readonly bestTpot: boolean;
  readonly bestUsers: boolean;
  readonly bestPrice: boolean;
}
