import { UsageError } from "../core/errors.ts";
import type { Plan } from "../runs/plan.ts";
import { possiblePart } from "../runs/possible.ts";
import { formatImpossible } from "./print/plan.ts";
import { printError } from "./print/print.ts";

/**
 * The part of a plan that can be run. The rest is refused, or with `skip` said on stderr.
 *
 * @throws UsageError naming the cells that cannot be had, and for a plan without trials
 */
export function possible(asked: Plan, skip: boolean | undefined): Plan {
  const { plan, impossible } = possiblePart(asked);
  const lines = formatImpossible(impossible);
  if (impossible.length > 0 && !skip)
    throw new UsageError(`impossible, unless --skip-impossible leaves it out:\n${lines}`);
  if (impossible.length > 0) printError(`left out:\n${lines}`);
  if (plan.trials.length === 0) throw new UsageError(`${plan.name} has no trials`);
  return impossible.length > 0 ? { ...plan, impossible } : plan;
}
