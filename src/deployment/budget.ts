import { parseSpec } from "../attention/spec.ts";
import { decimal } from "../core/decimal.ts";
import { didYouMean, unknownName, UsageError } from "../core/errors.ts";
import { formatBytes } from "../core/units.ts";
import { nativeOf } from "../hardware/model.ts";
import type { Model } from "../hardware/model.ts";
import { models } from "../hardware/models/all.ts";
import { override, shorthands, shorthandSetting, systemQuantities } from "../hardware/overrides.ts";
import type { Shorthand } from "../hardware/overrides.ts";
import { constantsFor } from "../hardware/constants/choose.ts";
import { frameworks } from "../hardware/constants/set.ts";
import type { Framework } from "../hardware/constants/set.ts";
import { parseRouting } from "../hardware/kernels/routing.ts";
import type { Routing } from "../hardware/kernels/routing.ts";
import type { System } from "../hardware/system.ts";
import { systems } from "../hardware/systems/all.ts";
import { checkedWeights, usualWeights } from "../hardware/weights/choice.ts";
import { divisionsOf } from "./division.ts";
import { cacheBytesOn } from "./memory.ts";

/** A system, a model, and the users who share them. */
export interface Budget {
  /** text of the budget */
  readonly text: string;
  /** system with the user's own numbers */
  readonly system: System;
  readonly model: Model;
  /** formats of the weights, as for `weightsOf` */
  readonly weights: string;
  readonly users: number;
  /** time allowed for a decode step, s; without it memory alone decides */
  readonly stepSeconds?: number;
  /** tokens that each user holds; default: the length of the trial */
  readonly context?: number;
  /** how tokens fall on experts; default: the usual power law */
  readonly routing?: Routing;
  /** serving engine whose kernels run; default: the usual one */
  readonly framework?: Framework;
}

const ownKeys = [
  "system",
  "model",
  "users",
  "step-ms",
  "context",
  "beyond",
  "weights",
  "routing",
  "framework",
] as const;
const shortKeys = Object.keys(shorthands) as readonly Shorthand[];
const keys = [...ownKeys, ...shortKeys];

type Key = (typeof keys)[number];

/** Finds systems and models by the names in a budget. */
export interface MachineLookup {
  readonly system: (name: string) => System;
  readonly model: (name: string) => Model;
}

/** Finds the systems and models that are entries. */
const registered: MachineLookup = {
  system: (name) => systems.get(name),
  model: (name) => models.get(name),
};

/** Budgets by their texts. The trials of a sweep ask for the same few budgets. */
const parsed = new Map<string, Budget>();

/**
 * Reads `system=gb200-nvl72,model=deepseek-v3,users=300,step-ms=20`. Needed: system, model, users. Allowed beside
 * them: step-ms, context (tokens each user holds; beyond=true insists on more than
 * the model was made for), weights (as for `--weights`, with plus signs between parts;
 * default: as shipped in 4 bits, or the smallest format that the GPU multiplies), routing (of tokens to experts, as
 * `parseRouting` reads it), framework (serving engine whose kernels run, as for `--framework`). Numbers of the system can be replaced: hbm-gb, hbm-gbps, nvlink-gbps and c2c-gbps, which are
 * decimal and per GPU, or any number by its path: gpu.fp8=4.5PFLOP/s.
 *
 * @param lookup finds the system and the model; default: among entries alone
 * @throws UsageError for a key or value that is unknown, missing or out of range
 */
export function parseBudget(text: string, lookup: MachineLookup = registered): Budget {
  const budget = parsed.get(text) ?? readBudget(text, lookup);
  parsed.set(text, budget);
  return budget;
}

function readBudget(text: string, lookup: MachineLookup): Budget {
  const { given, paths } = pairsOf(text);
  const needed = (key: Key): string => {
    const value = given.get(key);
    if (value === undefined)
      throw new UsageError(`budget needs ${key} (in "${text}"); needed: system, model, users`);
    return value;
  };
  const positive = (key: Key, integer = false): number | undefined => {
    const value = given.get(key);
    if (value === undefined) return undefined;
    const number = decimal(value);
    if (!(number > 0) || (integer && !Number.isSafeInteger(number)))
      throw new UsageError(
        `budget: ${key} must be ${integer ? "an integer" : "a number"} > 0; got "${value}"`,
      );
    return number;
  };

  needed("users");
  const system = override(lookup.system(needed("system")), [
    ...shortKeys.flatMap((key) => {
      const value = positive(key);
      return value === undefined ? [] : [shorthandSetting(key, value)];
    }),
    ...paths,
  ]);
  const model = lookup.model(needed("model"));
  const weights = checkedWeights(given.get("weights") ?? usualWeights(system, model));
  const stepMs = positive("step-ms");
  const context = positive("context", true);
  const routing = given.get("routing");
  const framework = given.get("framework");
  const longest = model.context?.value ?? Infinity;
  if (context !== undefined && context > longest && !insistsOn(given.get("beyond")))
    throw new UsageError(
      `budget: context must be at most ${longest}, those that ${model.name} was made for; got ${context} (beyond=true insists)`,
    );
  const budget: Budget = {
    text,
    system,
    model,
    weights,
    users: positive("users", true) ?? 1,
    ...(stepMs === undefined ? {} : { stepSeconds: stepMs / 1000 }),
    ...(context === undefined ? {} : { context }),
    ...(routing === undefined ? {} : { routing: parseRouting(routing) }),
    ...(framework === undefined ? {} : { framework: frameworkFor(system, framework) }),
  };
  checkRoom(budget);
  return budget;
}

/** The engine of a name. @throws UsageError for an unknown name, or an engine without kernels on such GPUs */
function frameworkFor(system: System, name: string): Framework {
  const framework = frameworks.find((known) => known === name) ?? unknownName("framework", name, frameworks);
  constantsFor(system, framework);
  return framework;
}

/** True if the budget insists on a context that the model was not made for. */
function insistsOn(text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new UsageError(`budget: beyond must be true or false; got "${text}"`);
}

/** Splits a budget into keys with values, and quantities of the system by path. */
function pairsOf(text: string): { given: ReadonlyMap<Key, string>; paths: readonly string[] } {
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
        `budget has no "${name}" (in "${text}"); known: ${[...keys, ...Object.keys(systemQuantities)].join(", ")}${didYouMean(name, [...keys, ...Object.keys(systemQuantities)])}`,
      );
    if (equals < 0) throw new UsageError(`budget: ${key} has no value (in "${text}"); write ${key}=VALUE`);
    if (given.has(key)) throw new UsageError(`budget: ${key} is given twice (in "${text}")`);
    given.set(key, part.slice(equals + 1).trim());
  }
  return { given, paths };
}

/** @throws UsageError when the weights leave no HBM on any division */
function checkRoom({ system, model, weights, routing }: Budget): void {
  const spec = parseSpec(nativeOf(model));
  const divisions = divisionsOf({ system, model, weights, routing, spec, kvDtype: "bf16" }, "decode");
  if (divisions.length === 0)
    throw new UsageError(`budget: ${model.name} cannot be divided among the GPUs of ${system.name}`);
  const left = Math.max(...divisions.map(cacheBytesOn));
  if (left <= 0)
    throw new UsageError(
      `budget: ${model.name} in ${weights} leaves no HBM for caches: ${formatBytes(-left)} short`,
    );
}
