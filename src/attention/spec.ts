import { kvDtypes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { Registry } from "../core/entry.ts";
import { UsageError } from "../core/errors.ts";
import { logitShapings } from "../core/logits.ts";
import type { LogitShaping } from "../core/logits.ts";
import { resolveParams } from "../core/params.ts";
import type { AnyParams } from "../core/params.ts";
import { formatCall, parseCall } from "../core/spec.ts";
import { variants } from "./registry.ts";
import type { AnyVariant } from "./variant.ts";

/** An attention variant with everything that it is set to: `dsa(k=2048)+fp8+ssmax`. */
export interface AttentionSpec {
  readonly variant: AnyVariant;
  readonly params: AnyParams;
  /** what K and V are rounded to; the reader's own where the spec does not say */
  readonly kvDtype?: KvDtype;
  /** how logits are rescaled; the reader's own where the spec does not say */
  readonly logitShaping?: LogitShaping;
  /** canonical: only the parameters that differ from their defaults */
  readonly text: string;
  /** every parameter named */
  readonly resolved: string;
}

/**
 * Reads `name(param=value,...)+modifier+...`; a modifier is a kv dtype (bf16, fp8, nvfp4, f32) or a logit shaping
 * (none, ssmax, log-n, yarn, sink), at most one of each.
 *
 * @throws UsageError for a malformed spec, an unknown name or parameter, a value out of range, an unknown, repeated
 * or contradictory modifier
 */
export function parseSpec(text: string, known: Registry<AnyVariant> = variants): AttentionSpec {
  const { name, args, modifiers } = parseCall(text);
  const variant = known.get(name);
  const params = resolveParams(name, variant.params, args);
  for (const modifier of modifiers)
    if (!isOneOf(kvDtypes, modifier) && !isOneOf(logitShapings, modifier))
      throw new UsageError(
        `${text}: unknown modifier "${modifier}"; known: ${[...kvDtypes, ...logitShapings].join(", ")}`,
      );
  const kvDtype = onlyOne(text, "kv dtype", kvDtypes, modifiers);
  const logitShaping = onlyOne(text, "logit shaping", logitShapings, modifiers);
  const written = [kvDtype, logitShaping].filter((modifier) => modifier !== undefined);
  const changed = Object.entries(params).filter(([param, value]) => value !== variant.params[param]!.default);
  return {
    variant,
    params,
    ...(kvDtype && { kvDtype }),
    ...(logitShaping && { logitShaping }),
    text: formatCall(name, Object.fromEntries(changed), written),
    resolved: formatCall(name, params, written),
  };
}

function onlyOne<T extends string>(
  text: string,
  what: string,
  allowed: readonly T[],
  modifiers: readonly string[],
): T | undefined {
  const [first, second] = modifiers.filter((modifier) => isOneOf(allowed, modifier));
  if (second !== undefined)
    throw new UsageError(
      first === second
        ? `${text}: ${what} "${first}" is given twice`
        : `${text}: ${what} can be only one of "${first}" and "${second}"`,
    );
  return first;
}

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);
