import type { Entry, Registry, Source } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { from, parseQuantity } from "../../core/units.ts";
import type { Quantity, Unit } from "../../core/units.ts";
import type { Model } from "../model.ts";
import { refuseFraction, systemQuantities, withQuantities } from "../overrides.ts";
import { quantitiesOf } from "../quantities.ts";
import { architectures } from "../system.ts";
import type { Architecture, System } from "../system.ts";
import { modelFromConfig } from "./model.ts";
import { isObject } from "../../core/json.ts";
import type { JsonObject } from "../../core/json.ts";

/** Keys that describe an entry; all other keys are quantities. */
const about = ["name", "summary", "extends", "source"] as const;

/** Description of an entry in a user's file. */
interface About {
  readonly name: string;
  readonly summary: string;
  readonly source: Source;
}

function aboutOf(data: JsonObject, file: string, fallback: string): About {
  const text = (key: "name" | "summary", otherwise: string): string => {
    const value = data[key] ?? otherwise;
    if (typeof value === "string" && value !== "") return value;
    throw new UsageError(`${file}: ${key} must be a text; got ${JSON.stringify(value)}`);
  };
  const { source = {} } = data;
  if (
    !isObject(source) ||
    [source["title"] ?? "", source["url"] ?? ""].some((part) => typeof part !== "string")
  )
    throw new UsageError(`${file}: source must be {title, url}; got ${JSON.stringify(source)}`);
  return {
    name: text("name", fallback),
    summary: text("summary", `read from ${file}`),
    source: {
      title: (source["title"] as string | undefined) ?? file,
      url: (source["url"] as string | undefined) ?? "",
    },
  };
}

/** Architecture that a system's file names; that of the system it extends, or none. */
function architectureIn(architecture: unknown, file: string): { readonly architecture?: Architecture } {
  if (architecture === undefined) return {};
  const known = architectures.find((name) => name === architecture);
  if (known !== undefined) return { architecture: known };
  throw new UsageError(
    `${file}: architecture must be one of ${architectures.join(", ")}; got ${JSON.stringify(architecture)}`,
  );
}

/** Name of the entry whose quantities the file leaves unchanged. */
function extended({ extends: name }: JsonObject, file: string): string {
  if (typeof name === "string") return name;
  throw new UsageError(`${file}: extends must be a name; got ${JSON.stringify(name)}`);
}

/** The leaves of nested objects and lists, by path: `gpu.hbm`, `attention.0.layers`. */
function leaves(data: object, path: readonly string[] = []): [string, unknown][] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
    const here = [...path, key];
    return typeof value === "object" && value !== null ? leaves(value, here) : [[here.join("."), value]];
  });
}

/** The user's quantities by path: a number for a count, a text with its unit for the rest. */
function given(
  data: JsonObject,
  file: string,
  source: Source,
  kindOf: (path: string) => { readonly unit: Unit; readonly whole?: true },
): Map<string, Quantity> {
  const sizes = Object.fromEntries(
    Object.entries(data).filter(([key]) => !(about as readonly string[]).includes(key)),
  );
  return new Map(
    leaves(sizes).map(([path, value]) => {
      const { unit, whole } = kindOf(path);
      if (typeof value !== "string" && typeof value !== "number")
        throw new UsageError(`${file}: ${path} must be a number with its unit; got ${JSON.stringify(value)}`);
      const number = parseQuantity(`${file}: ${path}`, String(value), unit);
      if (whole) refuseFraction(`${file}: ${path}`, number);
      return [path, from(source)(number, unit)];
    }),
  );
}

/** True if the data is a system: it extends one or has GPUs. */
export const isSystem = (data: unknown, systems: Registry<System>): boolean =>
  isObject(data) &&
  ("gpu" in data || "gpus" in data || (typeof data["extends"] === "string" && systems.has(data["extends"])));

/**
 * A user's own system: quantities with their units nested by path, `gpu: { hbm: 288GB }`. They replace those of
 * the system that `extends` names; without `extends` the file gives all of them. `architecture: hopper` chooses the
 * measured kernels that its own are like.
 *
 * @param file file that messages name
 * @param fallback name of the system if the data has none
 * @throws UsageError naming the key that is unknown, missing or wrong
 */
export function systemFrom(data: unknown, file: string, fallback: string, systems: Registry<System>): System {
  if (!isObject(data)) throw new UsageError(`${file}: a system must be a mapping of its quantities`);
  const { name, summary, source } = aboutOf(data, file, fallback);
  const { architecture, ...rest } = data;
  const set = given(rest, file, source, (path) => {
    const known = systemQuantities[path];
    if (known !== undefined) return known;
    throw new UsageError(
      `${file}: a system has no "${path}"; known: ${[...about, "architecture", ...Object.keys(systemQuantities)].join(", ")}`,
    );
  });
  const base = data["extends"] === undefined ? {} : systems.get(extended(data, file));
  const own = architectureIn(architecture, file);
  return withQuantities({ ...base, ...own, name, summary, sources: [source] }, set);
}

/** Where a user's model comes from, and how it is read. */
export interface ModelReading {
  /** named in errors */
  readonly file: string;
  /** name of a model that gives none */
  readonly fallback: string;
  /** models that it may extend */
  readonly models: Registry<Model>;
  /** family that an unknown `model_type` is read as */
  readonly as?: string | undefined;
}

/**
 * A user's own model: the keys of a Hugging Face config.json, with optional `name`, `summary`, `source` and `plan`;
 * or quantities by path that replace those of the model that `extends` names.
 *
 * @throws UsageError naming the key that is unknown, missing or wrong
 */
export function modelFrom(data: unknown, { file, fallback, models, as }: ModelReading): Model {
  if (!isObject(data)) throw new UsageError(`${file}: a model must be a mapping of keys, as in config.json`);
  const { name, summary, source } = aboutOf(data, file, fallback);
  const entry: Entry = { name, summary, sources: [source] };
  if (data["extends"] === undefined) {
    const { plan } = data;
    if (plan !== undefined && typeof plan !== "string")
      throw new UsageError(`${file}: plan must be a layer plan; got ${JSON.stringify(plan)}`);
    const family = as ?? (typeof data["as"] === "string" ? data["as"] : undefined);
    const facts = {
      ...entry,
      ...(plan !== undefined && { plan }),
      ...(family !== undefined && { as: family }),
    };
    return modelFromConfig(facts, data, source);
  }
  const base = models.get(extended(data, file));
  const own = new Map(quantitiesOf(base));
  const set = given(data, file, source, (path) => {
    const known = own.get(path);
    // dimensions are counts
    if (known) return { unit: known.unit, ...(known.unit === "1" && { whole: true }) };
    throw new UsageError(
      `${file}: ${base.name} has no "${path}"; known: ${[...about, ...own.keys()].join(", ")}`,
    );
  });
  // published numbers hold for the original model alone
  const rest = Object.entries(base).filter(([key]) => key !== "published");
  return { ...(replaced(Object.fromEntries(rest), set) as Model), ...entry };
}

/** The same structure with other quantities at some paths. */
function replaced(value: unknown, set: ReadonlyMap<string, Quantity>, path = ""): unknown {
  const here = set.get(path);
  if (here) return here;
  if (typeof value !== "object" || value === null || "unit" in value) return value;
  const inner = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((each, i) => replaced(each, set, inner(String(i))));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replaced(each, set, inner(key))]),
  );
}
