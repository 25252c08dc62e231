import type { Entry } from "../../core/entry.ts";
import { Registry } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { resolveParams } from "../../core/params.ts";
import type { Params, ParamSpecs } from "../../core/params.ts";
import { rememberText } from "../../core/remember.ts";
import { formatCall, parseExpression } from "../../core/spec.ts";
import { none } from "./none.ts";
import { text } from "./text.ts";

/** Parameters of keys that follow the text. */
export type TextGeometry = Params<typeof text.params>;

/** A way in which keys follow the text of a prompt. */
export interface KeyGeometry extends Entry {
  readonly params: ParamSpecs;
}

/** Ways in which keys follow the text of a prompt. */
export const geometries = new Registry<KeyGeometry>("key geometry", [none, text]);

/** A key geometry with its parameters. */
export interface GeometryUse {
  readonly entry: KeyGeometry;
  /** its spec, with the parameters that differ from their defaults */
  readonly spec: string;
  /** parameters of keys that follow the text; absent for `none` */
  readonly text?: TextGeometry;
}

/**
 * Reads `none` or `text(salience=4)`.
 *
 * @throws UsageError for a malformed spec, an unknown geometry or parameter, a value out of range, or shares of more than
 *   the whole
 */
export const parseGeometry = rememberText((given): GeometryUse => {
  const { name, args, modifiers } = parseExpression(given);
  const entry = geometries.get(name);
  if (modifiers.length > 0) throw new UsageError(`key geometry ${name} takes no modifiers; got ${given}`);
  const params = resolveParams(name, entry.params, args);
  const changed = Object.entries(params).filter(([param, value]) => value !== entry.params[param]!.default);
  const spec = formatCall(name, Object.fromEntries(changed));
  if (entry !== text) return { entry, spec };
  const own = params as TextGeometry;
  const whole = own.mean + own.kind + own.token + own.context + own.subject;
  if (whole > 1)
    throw new UsageError(
      `${spec}: mean, kind, token, context and subject are shares of a key, and may be 1 together; got ${whole.toFixed(2)}`,
    );
  return { entry, spec, text: own };
});
