import type { AttentionSpec } from "../attention/spec.ts";
import type { Model } from "../hardware/model.ts";

/**
 * Makes a function remember its results by model, spec and further arguments. Every division of a search asks for the same
 * results. They are kept as long as their spec.
 */
export function remembered<A extends readonly (string | number)[], T>(
  make: (model: Model, spec: AttentionSpec, ...rest: A) => T,
): (model: Model, spec: AttentionSpec, ...rest: A) => T {
  const bySpec = new WeakMap<AttentionSpec, WeakMap<Model, Map<string, T>>>();
  return (model, spec, ...rest) => {
    const byModel = bySpec.get(spec) ?? new WeakMap<Model, Map<string, T>>();
    bySpec.set(spec, byModel);
    const known = byModel.get(model) ?? new Map<string, T>();
    byModel.set(model, known);
    const key = rest.join(" ");
    const found = known.get(key) ?? make(model, spec, ...rest);
    known.set(key, found);
    return found;
  };
}
