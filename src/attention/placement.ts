import type { StepCost } from "../core/cost.ts";
import type { Entry } from "../core/entry.ts";
import type { AnyParams, Params, ParamSpecs } from "../core/params.ts";

/** Where K and V lie: in HBM, or in Grace's LPDDR behind NVLink-C2C. An index stays in HBM. */
export interface Placement<S extends ParamSpecs = ParamSpecs> extends Entry {
  readonly params: S;
  /** The cost of a step whose K and V lie there; its sums of bytes stay the same. */
  place(cost: StepCost, params: Params<S>): StepCost;
}

export const definePlacement = <const S extends ParamSpecs>(placement: Placement<S>): Placement => placement;

/** A placement with its parameters. */
export interface PlacementUse {
  readonly placement: Placement;
  readonly params: AnyParams;
}
