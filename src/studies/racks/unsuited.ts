import { variants } from "../../attention/registry.ts";
import { parseSpec } from "../../attention/spec.ts";
import type { AttentionSpec } from "../../attention/spec.ts";
import { UsageError } from "../../core/errors.ts";
import { whyNoEngineRule } from "../../deployment/engine-cache.ts";
import { hasEffect } from "../../deployment/model-cost.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { EngineRuleName } from "../../hardware/engine-rules/all.ts";
import type { Acceptance } from "../../hardware/serving/acceptance.ts";
import { expertsOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { models } from "../../hardware/models/all.ts";

/** A model with a variant and a context, as a question pairs them. */
export interface Pairing {
  readonly model: Model;
  readonly spec: AttentionSpec;
  readonly tokens: number;
  readonly kvDtype: KvDtype;
  readonly engineRule?: EngineRuleName | undefined;
}

/** True if the context is longer than the longest one that the model was made for. */
export const isBeyond = ({ model, tokens }: Pick<Pairing, "model" | "tokens">): boolean =>
  tokens > (model.context?.value ?? Infinity);

/** The context and the longest one that the model was made for, in words. */
export const beyondOf = ({ model, tokens }: Pick<Pairing, "model" | "tokens">): string =>
  `${tokens} tokens of ${model.name}, made for at most ${model.context!.value}`;

/** Variants that change the attention of a model. */
const effective = (model: Model): string[] =>
  variants.names().filter((name) => hasEffect(model, parseSpec(name)));

/** Reason why a pairing is not suited, with what is allowed; undefined if it is. @param beyond the user insists on the context */
export function unsuited(pairing: Pairing, beyond: boolean): string | undefined {
  const { model, spec } = pairing;
  if (!hasEffect(model, spec))
    return (
      `${spec.text} has no effect on ${model.name}, whose layers are its own; ` +
      `allowed: no --variant, or ${effective(model).join(", ")}`
    );
  const unruled = pairing.engineRule && whyNoEngineRule(model, spec, pairing.kvDtype, pairing.engineRule);
  if (unruled !== undefined) return unruled;
  if (isBeyond(pairing) && !beyond) return `${beyondOf(pairing)}; --beyond insists`;
  return undefined;
}

/** Refuses a routing of tokens to experts where no model has experts. @throws UsageError */
export function refuseRouting(asked: readonly Model[]): void {
  if (asked.some((model) => expertsOf(model).length > 0)) return;
  throw new UsageError(
    `${asked.map(({ name }) => name).join(", ")}: no model asked for has experts, so that --routing has no effect; ` +
      `allowed: no --routing, or a model with experts`,
  );
}

/**
 * Refuses drafts by a model that has no layers of multi-token prediction. A curve of acceptance was measured with a model that
 * drafts beside it: a layer like its last one stands in for that.
 *
 * @throws UsageError
 */
export function refuseDrafts({ name, mtp }: Model, drafted: number, acceptance?: Acceptance): void {
  if (drafted === 0 || mtp !== undefined || typeof acceptance === "object") return;
  const able = [...models].filter((model) => model.mtp !== undefined).map((model) => model.name);
  throw new UsageError(
    `${name} has no layers of multi-token prediction: --mtp must be 0; got ${drafted}; models that have them: ${able.join(", ")}`,
  );
}
