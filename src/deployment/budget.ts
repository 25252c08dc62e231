import { parseSpec } from "../attention/spec.ts";
import type { AnyVariant } from "../attention/variant.ts";
import { costOfReads } from "../core/cost.ts";
import type { StepCost, StepShape } from "../core/cost.ts";
import { kvDtypes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import type { AnyParams } from "../core/params.ts";
import { formatCall, parseExpression } from "../core/spec.ts";
import { formatBytes, formatSeconds } from "../core/units.ts";
import { decodeStep } from "../hardware/decode.ts";
import { cacheBytes, memoryFit, shortage } from "../hardware/memory.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import type { Model } from "../hardware/model.ts";
import { models } from "../hardware/models/all.ts";
import { weightDtypes } from "../hardware/kernels/dtypes.ts";
import type { WeightDtype } from "../hardware/kernels/dtypes.ts";
import { override, shorthands, shorthandSetting, systemQuantities } from "../hardware/overrides.ts";
import type { Shorthand } from "../hardware/overrides.ts";
import { usualWeights } from "../hardware/system.ts";
import type { System } from "../hardware/system.ts";
import { systems } from "../hardware/systems/all.ts";
import { modelCost } from "./model-cost.ts";

/** A rack, a model, and how many users share it. */
export interface Budget {
  /** as it was given */
  readonly text: string;
  /** with the user's own numbers in place of the system's */
  readonly system: System;
  readonly model: Model;
  readonly weights: WeightDtype;
  readonly users: number;
  /** time allowed for a decode step, s; without it memory alone decides */
  readonly stepSeconds?: number;
  /** tokens that each user holds; the length of the trial where absent */
  readonly context?: number;
}

/** What a budget made of a variant's parameter. */
export interface FittedBudget {
  /** the budget as it was given: `system=gb200-nvl72,model=deepseek-v3,users=300` */
  readonly text: string;
  /** name of the system; like `model` and `users`, a part of `text` by itself */
  readonly system: string;
  /** name of the model */
  readonly model: string;
  /** users who share the system */
  readonly users: number;
  /** the parameter that was fitted, or `kvDtype` for a variant without one, and its value */
  readonly param: string;
  readonly value: number | string;
  /** false: nothing the variant can be set to fits, and the trial is recorded without a score */
  readonly fits: boolean;
  /** what does not fit and by how much; empty where it fits */
  readonly short: string;
}

const ownKeys = ["system", "model", "users", "step-ms", "context", "weights"] as const;
const shortKeys = Object.keys(shorthands) as readonly Shorthand[];
const keys = [...ownKeys, ...shortKeys];

type Key = (typeof keys)[number];

/**
 * Reads `system=gb200-nvl72,model=deepseek-v3,users=300,step-ms=20`. Needed: system, model, users. Allowed beside
 * them: step-ms, context (tokens each user holds), weights (bf16, fp8, nvfp4; the smallest that the GPU multiplies when
 * absent), and in place of the system's own numbers, per GPU and decimal, hbm-gb, hbm-gbps, nvlink-gbps and c2c-gbps, or
 * any by path: gpu.fp8=4.5PFLOP/s.
 *
 * @throws UsageError for a key or value that is unknown, missing or out of range
 */
export function parseBudget(text: string): Budget {
  const given = new Map<Key, string>();
  const paths: string[] = [];
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    if (name in systemQuantities) {
      paths.push(part.trim());
      continue;
    }
    const key = keys.find((known) => known === name);
    if (key === undefined)
      throw new UsageError(
        `budget has no "${name}" (in "${text}"); known: ${[...keys, ...Object.keys(systemQuantities)].join(", ")}`,
      );
    if (equals < 0) throw new UsageError(`budget: ${key} has no value (in "${text}"); write ${key}=VALUE`);
    if (given.has(key)) throw new UsageError(`budget: ${key} is given twice (in "${text}")`);
    given.set(key, part.slice(equals + 1).trim());
  }
  const needed = (key: Key): string => {
    const value = given.get(key);
    if (value === undefined)
      throw new UsageError(`budget needs ${key} (in "${text}"); needed: system, model, users`);
    return value;
  };
  const positive = (key: Key, integer = false): number | undefined => {
    const value = given.get(key);
    if (value === undefined) return undefined;
    const number = value === "" ? NaN : Number(value);
    if (!Number.isFinite(number) || number <= 0 || (integer && !Number.isInteger(number)))
      throw new UsageError(
        `budget: ${key} must be ${integer ? "an integer" : "a number"} > 0; got "${value}"`,
      );
    return number;
  };

  needed("users");
  const system = override(systems.get(needed("system")), [
    ...shortKeys.flatMap((key) => {
      const value = positive(key);
      return value === undefined ? [] : [shorthandSetting(key, value)];
    }),
    ...paths,
  ]);
  const weightsName = given.get("weights") ?? usualWeights(system);
  const weights = weightDtypes.find((known) => known === weightsName);
  if (weights === undefined)
    throw new UsageError(`budget: weights must be one of ${weightDtypes.join(", ")}; got "${weightsName}"`);
  const stepMs = positive("step-ms");
  const context = positive("context", true);
  const budget: Budget = {
    text,
    system,
    model: models.get(needed("model")),
    weights,
    users: positive("users", true) ?? 1,
    ...(stepMs === undefined ? {} : { stepSeconds: stepMs / 1000 }),
    ...(context === undefined ? {} : { context }),
  };
  if (cacheBytes(budget.system, budget.model, weights) <= 0)
    throw new UsageError(
      `budget: ${budget.model.name} in ${weights} leaves no HBM for caches: ` +
        `${formatBytes(-cacheBytes(budget.system, budget.model, weights))} short`,
    );
  return budget;
}

/** What a user's cost, of all layers, lacks under a budget: how much, in words; empty where it fits. */
export function shortOf(budget: Budget, cost: StepCost, kvDtype: KvDtype): string {
  const { system, model, weights, users, stepSeconds } = budget;
  const memory = memoryFit(system, model, weights, cost);
  const short = shortage(memory, users);
  const lacks: string[] = [];
  if (short.hbm > 0)
    lacks.push(
      `HBM ${formatBytes(short.hbm)} short: ${formatBytes(memory.user.total)} a user, ` +
        `${formatBytes(memory.available / users)} left for each`,
    );
  if (short.host > 0) lacks.push(`host memory ${formatBytes(short.host)} short`);
  if (stepSeconds !== undefined) {
    const { seconds } = decodeStep({ system, model, weights, kvDtype, users }, cost);
    if (seconds > stepSeconds)
      lacks.push(`step ${formatSeconds(seconds - stepSeconds)} too long: ${formatSeconds(seconds)}`);
  }
  return lacks.join("; ");
}

/** The largest integer in [from, to] that satisfies a condition which, once false, stays false; -1 for none. */
function largest(from: number, to: number, satisfies: (value: number) => boolean): number {
  if (to < from || !satisfies(from)) return -1;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (satisfies(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The integer values that a variant's budget parameter may take at a length, whatever the budget. */
function searchRange(
  variant: AnyVariant,
  params: AnyParams,
  param: string,
  shape: StepShape,
): [number, number] {
  const spec = variant.params[param];
  if (spec?.kind !== "int")
    throw new Error(`${variant.name}: budgetParam "${param}" is no integer parameter`);
  const most = Math.max(spec.min, Math.min(spec.max, shape.tokens));
  const flops = (value: number): number => variant.cost(shape, { ...params, [param]: value }).flops;
  const all = flops(most);
  // from the value on at which everything is read, the cost grows no more
  return [spec.min, flops(spec.min) === all ? spec.min : largest(spec.min, most, (v) => flops(v) < all) + 1];
}

/**
 * Sets a variant to the most that a budget allows.
 *
 * Of each user's `tokens` tokens, what the layers' cost formulas keep (K, V, index and states) at the model's shape
 * (model-cost.ts) must fit (HBM of the rack - weights) / users; and where a step time is given, the rack's decode
 * step (hardware/decode.ts: weights read once, K, V and index read per user, arithmetic, links) must not take
 * longer: users x (bytes read) <= HBM bandwidth x (time - link time) - weights, and the same for arithmetic.
 *
 * The budget parameter becomes the largest integer in its range for which both hold, and no larger than reads
 * everything there is to read at this length; a value that the spec itself gives is a ceiling. What K and V are stored as is decided
 * first: the dtype of the spec if it names one, else the widest of bf16, fp8, nvfp4 at which anything fits. So a
 * variant that keeps everything and reads little falls to a narrower dtype when memory is short, and then takes
 * the largest parameter that the step time allows. A variant without a budget parameter is decided by its dtype
 * alone. Where nothing fits, the spec carries the narrowest dtype and the parameter's least value, `fits` is
 * false and `short` says what is lacking.
 *
 * The parameter is found at the shape of the budget's model and applied to the simulated reader as it is.
 *
 * @param spec attention variant as asked for: `dsa`, `quest(page=32)+fp8`
 * @param tokens in each user's context, unless the budget says otherwise
 * @param reads of each query in a step
 * @returns the spec to run, its dtype and parameter named, and what was decided
 */
export function fitBudget(
  budget: Budget,
  spec: string,
  tokens: number,
  reads = 1,
): { fitted: string; budget: FittedBudget } {
  const asked = parseSpec(spec);
  const { variant, params } = asked;
  const call = parseExpression(spec);
  const others = call.modifiers
    .filter(({ name }) => !kvDtypes.some((dtype) => dtype === name))
    .map(({ name, args }) => formatCall(name, args));
  const length = budget.context ?? tokens;
  const param = variant.budgetParam;
  const written = (dtype: KvDtype, set: AnyParams): string =>
    [
      call.layers ? asked.base : formatCall(call.name, { ...call.args, ...set }),
      ...(variant.refuses?.kvDtype === undefined ? [dtype] : []),
      ...others,
    ].join("+");
  const short = (dtype: KvDtype, set: AnyParams): string => {
    const cost = modelCost(budget.model, parseSpec(written(dtype, set)), length, dtype);
    return shortOf(budget, costOfReads(cost, reads), dtype);
  };
  const result = (dtype: KvDtype, value: number | undefined): ReturnType<typeof fitBudget> => {
    const set = param === undefined || value === undefined ? {} : { [param]: value };
    const lacks = short(dtype, set);
    return {
      fitted: written(dtype, set),
      budget: {
        text: budget.text,
        system: budget.system.name,
        model: budget.model.name,
        users: budget.users,
        param: param ?? "kvDtype",
        value: value ?? dtype,
        fits: lacks === "",
        short: lacks,
      },
    };
  };

  const dtypes: readonly KvDtype[] = asked.kvDtype === undefined ? ["bf16", "fp8", "nvfp4"] : [asked.kvDtype];
  const narrowest = dtypes.at(-1)!;
  if (param === undefined)
    return result(dtypes.find((dtype) => short(dtype, {}) === "") ?? narrowest, undefined);
  const layers = budget.model.attention.map(attentionLayer);
  const [low, most] = searchRange(
    variant,
    params,
    param,
    (layers.find(({ reachesAll }) => reachesAll) ?? layers[0]!).shape(length, narrowest),
  );
  const high = Object.hasOwn(call.args, param) ? Math.min(most, Number(params[param])) : most;
  for (const dtype of dtypes) {
    const value = largest(low, high, (candidate) => short(dtype, { [param]: candidate }) === "");
    if (value >= low) return result(dtype, value);
  }
  return result(narrowest, low);
}
