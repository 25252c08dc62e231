import { parseSpec } from "../../attention/spec.ts";
import { costOfReads } from "../../core/cost.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { usersThatFit } from "../../deployment/choice.ts";
import { stepOf } from "../../deployment/decode.ts";
import { kvDtypeOf } from "../../deployment/division.ts";
import { fits } from "../../deployment/memory.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import type { Model } from "../../hardware/model.ts";
import { dollarsPerMillion } from "../../hardware/serving/price.ts";
import { neededOf } from "../../hardware/system.ts";
import type { System } from "../../hardware/system.ts";
import { usualWeights } from "../../hardware/weights/choice.ts";

/** Setting of prices: a model on racks, with users and their context. */
export interface CostSetting {
  readonly model: Model;
  readonly systems: readonly System[];
  /** formats of the weights; default: as shipped in 4 bits, or the smallest that each GPU multiplies */
  readonly weights?: string | undefined;
  readonly kvDtype: KvDtype;
  /** context of each user */
  readonly tokens: number;
  /** users of a rack */
  readonly users: number;
}

/** Cost of a change on a rack. */
export interface SystemCost {
  readonly system: string;
  readonly usersPerRack: number;
  /** time of a decode step of `users`, on the fastest division; null if they do not fit */
  readonly tpotSeconds: number | null;
  /** USD per million output tokens at that step, if the rack is rented and always busy */
  readonly dollarsPerMillion: number | null;
}

/** Cost of a change for a user, and on each rack. */
export interface CandidateCost {
  /** cache and state that a decode step reads for a user, all layers */
  readonly bytesReadPerToken: number;
  /** cache and state of a user, in HBM and beside it */
  readonly bytesPerUser: number;
  readonly systems: readonly SystemCost[];
}

/**
 * Cost of a decode step with a variant. Each further read of a query takes the time of attention again.
 *
 * @throws UsageError when the model cannot take the variant
 */
export function candidateCost(
  variant: string,
  reads: number,
  { model, systems, weights: given, kvDtype, tokens, users }: CostSetting,
): CandidateCost {
  const spec = parseSpec(variant);
  const cost = costOfReads(modelCost(model, spec, tokens, kvDtypeOf({ spec, kvDtype })), reads);
  const { keptBytes, indexKeptBytes, kvReadBytes, indexReadBytes, stateBytes } = cost;
  return {
    bytesReadPerToken: kvReadBytes + indexReadBytes + stateBytes,
    bytesPerUser: keptBytes + indexKeptBytes + stateBytes,
    systems: systems.map((system) => {
      const on = { system, model, spec, kvDtype, weights: given ?? usualWeights(system, model) };
      const usersPerRack = usersThatFit(on, tokens);
      const { lack, tpotSeconds } = stepOf({ ...on, users, tokens, reads });
      if (!fits(lack))
        return { system: system.name, usersPerRack, tpotSeconds: null, dollarsPerMillion: null };
      const hour = neededOf(system, "gpu.rental", "dollars per million tokens").value;
      const dollars = dollarsPerMillion(hour, system.gpus.value, users / tpotSeconds, 1);
      return { system: system.name, usersPerRack, tpotSeconds, dollarsPerMillion: dollars };
    }),
  };
}
