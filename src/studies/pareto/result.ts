import type { ServedPlan } from "../../deployment/serving.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { Served } from "../../hardware/serving/serve.ts";
import type { TimedRow } from "../racks/settings.ts";

/** Plans of one setting. */
export interface SettingPlans extends TimedRow {
  readonly tried: readonly ServedPlan[];
  /** plans that no other plan beats in tokens a second of a user and of a GPU */
  readonly front: readonly ServedPlan[];
}

/** A plan that was tried, with its names. */
export interface TriedPlan {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
  readonly kvDtype: string;
  readonly decodeAs: string;
  /** null if the same replicas prefill */
  readonly prefillAs: string | null;
  readonly onFront: boolean;
  readonly served: Served;
}

export const triedPlans = (settings: readonly SettingPlans[]): TriedPlan[] =>
  settings.flatMap(({ names, kvDtype, tried, front }) =>
    tried.map(({ served, decode, prefill }) => ({
      ...names,
      kvDtype,
      decodeAs: formatParallel(decode.parallel),
      prefillAs: prefill === undefined ? null : formatParallel(prefill.parallel),
      onFront: front.some((plan) => plan.served === served),
      served,
    })),
  );
