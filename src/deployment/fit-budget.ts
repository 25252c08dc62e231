import { parseSpec } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import type { AnyVariant } from "../attention/variant.ts";
import type { StepShape } from "../core/cost.ts";
import { kvDtypes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import type { AnyParams } from "../core/params.ts";
import { formatCall, parseExpression } from "../core/spec.ts";
import { formatBytes, formatSeconds } from "../core/units.ts";
import { attentionLayer } from "../hardware/layers/attention.ts";
import { attendingOf } from "../hardware/model.ts";
import { plansFor } from "../hardware/parallel.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import type { Budget } from "./budget.ts";
import { usersThatFit } from "./choice.ts";
import { stepOf, stepOn } from "./decode.ts";
import type { StepQuestion } from "./decode.ts";
import { divisionOf } from "./division.ts";
import { hbmBytes, memoryOn } from "./memory.ts";

/** The parameter of a variant that a budget decided. */
export interface FittedBudget {
  /** text of the budget: `system=gb200-nvl72,model=deepseek-v3,users=300` */
  readonly text: string;
  /** name of the system; `system`, `model` and `users` repeat parts of `text` */
  readonly system: string;
  /** name of the model */
  readonly model: string;
  /** users who share the system */
  readonly users: number;
  /** the fitted parameter, or `kvDtype` for a variant without one, and its value */
  readonly param: string;
  readonly value: number | string;
  /** false: no setting of the variant fits, and the trial is recorded without a score */
  readonly fits: boolean;
  /** shortage, with its amount; empty if the variant fits */
  readonly short: string;
}

/** A variant spec that a budget decided. It names its dtype and parameter. */
export interface FittedSpec {
  readonly fitted: string;
  readonly budget: FittedBudget;
}

/** A decode step of the users of a budget: the variant, and the cache of each user. */
export interface BudgetedStep {
  readonly spec: AttentionSpec;
  readonly kvDtype: KvDtype;
  readonly tokens: number;
  /** reads of each query */
  readonly reads: number;
}

const questionOf = (
  { system, model, weights, users, routing, framework }: Budget,
  asked: BudgetedStep,
): StepQuestion => ({
  system,
  model,
  weights,
  users,
  routing,
  framework,
  ...asked,
});

/**
 * Memory and time that users lack under a budget, in words. It is taken on the fastest of the divisions that lack the
 * least memory, and is empty if nothing is lacking.
 */
export function shortOf(budget: Budget, asked: BudgetedStep): string {
  const { stepSeconds } = budget;
  const question = questionOf(budget, asked);
  const { division, seconds, lack } = stepOf(question);
  const { user } = memoryOn(division, asked.tokens);
  const lacks: string[] = [];
  if (lack.hbm > 0)
    lacks.push(
      `HBM ${formatBytes(lack.hbm)} short: ${formatBytes(hbmBytes(user))} a user, ` +
        `${usersThatFit(question, asked.tokens)} users fit`,
    );
  if (lack.host > 0) lacks.push(`host memory ${formatBytes(lack.host)} short`);
  if (stepSeconds !== undefined && seconds > stepSeconds)
    lacks.push(`step ${formatSeconds(seconds - stepSeconds)} too long: ${formatSeconds(seconds)}`);
  return lacks.join("; ");
}

/** The largest integer in [from, to] that satisfies a condition, or from - 1. The condition, once false, stays false. */
function largest(from: number, to: number, satisfies: (value: number) => boolean): number {
  if (to < from || !satisfies(from)) return from - 1;
  if (satisfies(to)) return to;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (satisfies(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The largest integer in [from, to] at which a function that never falls is at most `limit`; from - 1 for none. A time
 * grows almost linearly with the bytes that are read, so interpolation finds the place in a few calls.
 */
function largestWithin(from: number, to: number, limit: number, f: (value: number) => number): number {
  let [low, atLow] = [from, f(from)];
  if (atLow > limit) return from - 1;
  let [high, atHigh] = [to, f(to)];
  if (atHigh <= limit) return to;
  for (let i = 1; high - low > 1; i++) {
    const share = i % 3 === 0 ? 0.5 : (limit - atLow) / (atHigh - atLow);
    const guess = Math.min(high - 1, Math.max(low + 1, Math.floor(low + share * (high - low))));
    const value = f(guess);
    if (value <= limit) [low, atLow] = [guess, value];
    else [high, atHigh] = [guess, value];
  }
  return low;
}

/** Range of a variant's budget parameter at a length, under any budget: up to the value that reads everything. */
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
  // the cost stops growing at the value that reads everything
  const first = flops(spec.min) === all ? spec.min : largest(spec.min, most, (v) => flops(v) < all) + 1;
  return [spec.min, first];
}

/**
 * The largest value in [low, high] at which the users fit a division and its step takes no longer than the budget allows;
 * low - 1 for none. A division that fails at one more than the best value so far is skipped. Time does not fall as a budget
 * parameter grows, but memory may (a tree's levels), so that divisions are tried again until none allows one more.
 */
function largestOnDivisions(
  budget: Budget,
  at: (value: number) => BudgetedStep,
  [low, high]: readonly [number, number],
): number {
  const { system, model, users, routing, stepSeconds = Infinity } = budget;
  const divided = (parallel: Parallelism, value: number) =>
    divisionOf(questionOf(budget, at(value)), parallel);
  const holds = (parallel: Parallelism, value: number): boolean =>
    memoryOn(divided(parallel, value), at(value).tokens).users >= users;
  const seconds = (parallel: Parallelism, value: number): number =>
    stepOn(divided(parallel, value), { users, ...at(value) }).seconds;
  const plans = plansFor(model, system.gpus.value, "decode", routing);
  let best = low - 1;
  for (let before = best - 1; best > before;) {
    before = best;
    for (const parallel of plans) {
      if (best === high) return best;
      const held = largest(best + 1, high, (value) => holds(parallel, value));
      best =
        held > best && stepSeconds < Infinity
          ? largestWithin(best + 1, held, stepSeconds, (value) => seconds(parallel, value))
          : held;
    }
  }
  return best;
}

/** Fits of a budget by spec, length and reads. The trials of a sweep ask for the same few fits. */
const knownFits = new WeakMap<Budget, Map<string, FittedSpec>>();

/**
 * Sets a variant to the most that a budget allows.
 *
 * On some division of the model among the system's GPUs, the caches of all users must fit beside the weights. If a step
 * time is given, a whole decode step with `reads` reads of each query must not take longer (`stepOn`).
 *
 * The dtype of K and V is decided first: the dtype of the spec if it names one, else the widest of bf16, fp8 and nvfp4
 * at which any setting fits. Then the budget parameter becomes the largest integer in its range for which both conditions hold;
 * a value in the spec is a ceiling. So a variant that keeps everything and reads little falls to a narrower dtype when
 * memory is short, and then takes the largest parameter that the step time allows. A variant without a budget parameter
 * is decided by its dtype alone. If nothing fits, the spec carries the narrowest dtype and the parameter's least value,
 * `fits` is false and `short` names the shortage.
 *
 * The parameter is found at the shape of the budget's model and applied to the simulated reader as it is.
 *
 * @param spec attention variant as the user wrote it: `dsa`, `quest(page=32)+fp8`
 * @param tokens in each user's context, unless the budget says otherwise
 * @param reads of each query in a step
 */
export function fitBudget(budget: Budget, spec: string, tokens: number, reads = 1): FittedSpec {
  const known = knownFits.get(budget) ?? new Map<string, FittedSpec>();
  knownFits.set(budget, known);
  const key = JSON.stringify([spec, tokens, reads]);
  const fitted = known.get(key) ?? findFit(budget, spec, budget.context ?? tokens, reads);
  known.set(key, fitted);
  return fitted;
}

function findFit(budget: Budget, text: string, tokens: number, reads: number): FittedSpec {
  const asked = parseSpec(text);
  const { variant, params } = asked;
  const call = parseExpression(text);
  const others = call.modifiers
    .filter(({ name }) => !kvDtypes.some((dtype) => dtype === name))
    .map(({ name, args }) => formatCall(name, args));
  const param = variant.budgetParam;
  const written = (dtype: KvDtype, value: number | undefined): string =>
    [
      call.layers
        ? asked.base
        : formatCall(call.name, {
            ...call.args,
            ...(param !== undefined && value !== undefined && { [param]: value }),
          }),
      ...(variant.refuses?.kvDtype === undefined ? [dtype] : []),
      ...others,
    ].join("+");
  const cacheAt = (dtype: KvDtype, value: number | undefined): BudgetedStep => ({
    spec: parseSpec(written(dtype, value)),
    kvDtype: dtype,
    tokens,
    reads,
  });
  const result = (dtype: KvDtype, value: number | undefined, isFit: boolean): FittedSpec => ({
    fitted: written(dtype, value),
    budget: {
      text: budget.text,
      system: budget.system.name,
      model: budget.model.name,
      users: budget.users,
      param: param ?? "kvDtype",
      value: value ?? dtype,
      fits: isFit,
      short: isFit ? "" : shortOf(budget, cacheAt(dtype, value)),
    },
  });

  const dtypes: readonly KvDtype[] = asked.kvDtype === undefined ? ["bf16", "fp8", "nvfp4"] : [asked.kvDtype];
  const narrowest = dtypes.at(-1)!;
  const range = (): [number, number] => {
    if (param === undefined) return [0, 0];
    const layers = attendingOf(budget.model).map(attentionLayer);
    const layer = layers.find(({ reachesAll }) => reachesAll) ?? layers[0]!;
    const [low, most] = searchRange(variant, params, param, layer.shape(tokens, narrowest));
    return [low, Object.hasOwn(call.args, param) ? Math.min(most, Number(params[param])) : most];
  };
  const [low, high] = range();
  const valueOf = (value: number): number | undefined => (param === undefined ? undefined : value);
  for (const dtype of dtypes) {
    const caches = new Map<number, BudgetedStep>();
    const at = (value: number): BudgetedStep => {
      const cache = caches.get(value) ?? cacheAt(dtype, valueOf(value));
      caches.set(value, cache);
      return cache;
    };
    const value = largestOnDivisions(budget, at, [low, high]);
    if (value >= low) return result(dtype, valueOf(value), true);
  }
  return result(narrowest, valueOf(low), false);
}
