import type { StepCost, StepShape } from "../core/cost.ts";
import { kvDtypes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { Entry, Registry } from "../core/entry.ts";
import { didYouMean, UsageError } from "../core/errors.ts";
import { resolveParams } from "../core/params.ts";
import type { AnyParams, ParamSpecs } from "../core/params.ts";
import { rememberText } from "../core/remember.ts";
import { formatCall, parseExpression, planName } from "../core/spec.ts";
import type { Call, Expression, LayerGroup } from "../core/spec.ts";
import { composeLayers } from "./layers.ts";
import type { PlacementUse } from "./placement.ts";
import { placements, shapings, variants } from "./registry.ts";
import type { LogitShaping, ShapingUse } from "./shaping.ts";
import type { Layer, AnyVariant, Modification } from "./variant.ts";

/** A spec that has been read: an attention variant with its parameters and modifiers: `dsa(k=2048)+fp8+ssmax+grace`. */
export interface AttentionSpec {
  /** the variant; a layer plan is one variant */
  readonly variant: AnyVariant;
  readonly params: AnyParams;
  /** type of K and V; default: the reader's own */
  readonly kvDtype?: KvDtype;
  /** shaping of logits; default: the reader's own */
  readonly logitShaping?: ShapingUse;
  /** place of K and V: HBM unless the spec names another */
  readonly placement: PlacementUse;
  /** the variant alone, without modifiers */
  readonly base: string;
  /** canonical spec, with only the parameters that differ from their defaults */
  readonly text: string;
  /** canonical spec, with every parameter */
  readonly resolved: string;
}

/** A named entry with its parameters and its spec. */
interface Use<E> {
  readonly entry: E;
  readonly params: AnyParams;
  readonly text: string;
  readonly resolved: string;
}

const inHbm: PlacementUse = { placement: placements.get("hbm"), params: {} };

const whats: Readonly<Record<Modification, string>> = {
  kvDtype: "kv dtype",
  logitShaping: "logit shaping",
  placement: "placement",
};

/**
 * Reads a spec: `name(param=value,...)+modifier+...`. A modifier is a kv dtype, a logit shaping or a placement
 * (`attnsim list` names them), at most one of each. `layers(...)` in place of a name is a layer plan.
 *
 * @throws UsageError for a malformed spec, an unknown name or parameter, a value out of range, an unknown, repeated or
 *   contradictory modifier, or one that the variant refuses
 */
export const parseSpec = (text: string, known: Registry<AnyVariant> = variants): AttentionSpec =>
  known === variants ? rememberedSpec(text) : settle(text, parseExpression(text), known);

const rememberedSpec = rememberText((text) => settle(text, parseExpression(text), variants));

/** A spec in one spelling: `dsa(k=2048)` is `dsa`. A spec whose plugin is not loaded stays as it is. */
export function canonicalSpec(text: string): string {
  try {
    return parseSpec(text).text;
  } catch (error) {
    if (error instanceof UsageError) return text;
    throw error;
  }
}

function settle(text: string, expression: Expression, known: Registry<AnyVariant>): AttentionSpec {
  const { modifiers } = expression;
  const base = expression.layers ? planOf(expression.layers, known) : useOf(known, expression);
  const [dtypes, shaped, placed] = [
    modifiers.filter(({ name }) => isOneOf(kvDtypes, name)),
    modifiers.filter(({ name }) => shapings.has(name)),
    modifiers.filter(({ name }) => placements.has(name)),
  ];
  const names = [...kvDtypes, ...shapings.names(), ...placements.names()];
  for (const { name } of modifiers)
    if (!names.includes(name))
      throw new UsageError(
        `${text}: unknown modifier "${name}"; known: ${names.join(", ")}${didYouMean(name, names)}`,
      );
  const only = (what: Modification, calls: readonly Call[]): Call | undefined =>
    onlyOne(text, base.entry, what, calls);
  const dtype = only("kvDtype", dtypes);
  if (dtype) resolveParams(dtype.name, {}, dtype.args);
  const shapingCall = only("logitShaping", shaped);
  const placementCall = only("placement", placed);
  const shaping = shapingCall && useOf(shapings, shapingCall);
  const placement = placementCall && useOf(placements, placementCall);
  const written = (of: "text" | "resolved"): string =>
    [base[of], dtype?.name, shaping?.[of], placement?.[of]].filter((part) => part !== undefined).join("+");
  return {
    variant: base.entry,
    params: base.params,
    ...(dtype && { kvDtype: dtype.name as KvDtype }),
    ...(shaping && { logitShaping: shapingUse(shaping) }),
    placement: placement ? { placement: placement.entry, params: placement.params } : inHbm,
    base: base.text,
    text: written("text"),
    resolved: written("resolved"),
  };
}

/** The entry that a call names, with its parameters. */
function useOf<E extends Entry & { readonly params: ParamSpecs }>(
  known: Registry<E>,
  { name, args }: Call,
): Use<E> {
  const entry = known.get(name);
  const params: AnyParams = resolveParams(name, entry.params, args);
  const changed = Object.entries(params).filter(([param, value]) => value !== entry.params[param]!.default);
  return {
    entry,
    params,
    text: formatCall(name, Object.fromEntries(changed)),
    resolved: formatCall(name, params),
  };
}

/** A layer plan as one variant. */
function planOf(groups: readonly LayerGroup[], known: Registry<AnyVariant>): Use<AnyVariant> {
  const count = countOf(groups);
  if (count > mostLayers) throw new UsageError(`a layer plan has at most ${mostLayers} layers; got ${count}`);
  const written = (of: "text" | "resolved"): string => formatPlan(groups, known, of);
  const layers = layersOf(groups, known);
  const entry = composeLayers(
    {
      name: planName,
      summary: "a layer plan",
      sources: [...new Set(layers.map(({ variant }) => variant))].flatMap(({ sources }) => sources),
    },
    layers,
  );
  return { entry, params: {}, text: written("text"), resolved: written("resolved") };
}

/** Layers of a plan at most; the deepest published models have about a tenth of them. */
const mostLayers = 1_000;

const countOf = (groups: readonly LayerGroup[]): number =>
  groups.reduce((sum, { times, of }) => sum + times * (isGroup(of) ? countOf(of) : 1), 0);

const layersOf = (groups: readonly LayerGroup[], known: Registry<AnyVariant>): Layer[] =>
  groups.flatMap(({ times, of }) => {
    const once = isGroup(of) ? layersOf(of, known) : [layerOf(of, known)];
    return Array.from({ length: times }, () => once).flat();
  });

function layerOf(expression: Expression, known: Registry<AnyVariant>): Layer {
  const {
    variant,
    params,
    kvDtype,
    logitShaping = unshaped,
    placement,
    text,
    resolved,
  } = settle(expression.name, expression, known);
  if (variant.layers) throw new UsageError(`a layer plan cannot be a layer of another; got ${text}`);
  if (kvDtype)
    throw new UsageError(
      `the layers of a plan are simulated on one cache: put "+${kvDtype}" behind ${planName}(...); got ${text}`,
    );
  return { variant, params, shaping: logitShaping, placement, resolved };
}

const formatPlan = (
  groups: readonly LayerGroup[],
  known: Registry<AnyVariant>,
  how: "text" | "resolved",
): string => `${planName}(${groups.map((group) => formatGroup(group, known, how)).join("|")})`;

const formatGroup = (
  { times, of }: LayerGroup,
  known: Registry<AnyVariant>,
  how: "text" | "resolved",
): string => {
  const inner = isGroup(of)
    ? `(${of.map((group) => formatGroup(group, known, how)).join("|")})`
    : settle(of.name, of, known)[how];
  return times === 1 ? inner : `${times}*${inner}`;
};

const isGroup = (of: LayerGroup["of"]): of is readonly LayerGroup[] => Array.isArray(of);

function onlyOne(
  text: string,
  variant: AnyVariant,
  what: Modification,
  calls: readonly Call[],
): Call | undefined {
  const [first, second] = calls;
  if (first && second)
    throw new UsageError(
      first.name === second.name
        ? `${text}: ${whats[what]} "${first.name}" is given twice`
        : `${text}: ${whats[what]} can be only one of "${first.name}" and "${second.name}"`,
    );
  const reason = variant.refuses?.[what];
  if (first && reason !== undefined)
    throw new UsageError(`${text}: ${variant.name} takes no ${whats[what]}: ${reason}; got "+${first.name}"`);
  return first;
}

/**
 * Reads the spec of a logit shaping: `ssmax(s=0.2)`.
 *
 * @throws UsageError for a malformed spec, an unknown name or parameter, or a value out of range
 */
export const parseShaping = rememberText((text): ShapingUse => {
  const { name, args, modifiers } = parseExpression(text);
  if (modifiers.length > 0) throw new UsageError(`a logit shaping takes no modifiers; got ${text}`);
  return shapingUse(useOf(shapings, { name, args }));
});

const unshaped = parseShaping("none");

function shapingUse({ entry, params, text }: Use<LogitShaping>): ShapingUse {
  return { shaping: entry, params, text };
}

/** Cost of one decode step of one layer, with K and V in the spec's placement. */
export const placedCost = ({ variant, params, placement }: AttentionSpec, shape: StepShape): StepCost =>
  placement.placement.place(variant.cost(shape, params), placement.params);

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);
