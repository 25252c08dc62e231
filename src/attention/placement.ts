import type { StepCost } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";

/** Place of K and V: HBM, or Grace's LPDDR behind NVLink-C2C. An index stays in HBM. */
export interface Placement<S extends ParamSpecs = ParamSpecs> extends Entry {
  readonly params: S;
  /** Cost of a step with K and V in this place. The sums of bytes stay the same. */
  place(cost: StepCost, params: Params<S>): StepCost;
}

export const definePlacement = <const S extends ParamSpecs>(placement: Placement<S>): Placement => placement;

/** A placement with its parameters. */
export interface PlacementUse {
  readonly placement: Placement;
  readonly params: AnyParams;
}
