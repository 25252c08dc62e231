import { decimal } from "./decimal.ts";
import { didYouMean, UsageError } from "./errors.ts";

/** A parameter as data: default, range, documentation, and the values that a sweep tries. */
export type ParamSpec<T = number | boolean | string> = {
  readonly doc: string;
  readonly default: T;
  readonly sweep?: readonly T[];
} & (
  | { readonly kind: "int" | "real"; readonly min: number; readonly max: number }
  | { readonly kind: "flag" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** a spec, which code that knows its entries reads */
  | { readonly kind: "spec"; readonly of: string }
);

export type ParamSpecs = Readonly<
  Record<string, ParamSpec<never> | ParamSpec<number> | ParamSpec<boolean> | ParamSpec<string>>
>;

/** The values of a set of parameters. */
export type Params<S extends ParamSpecs> = {
  readonly [K in keyof S]: S[K] extends { readonly default: infer T } ? T : never;
};

/** Values of any set of parameters, for code that handles entries alike. */
export type AnyParams = Readonly<Record<string, number | boolean | string>>;

interface NumberOptions {
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly sweep?: readonly number[];
}

const number = (
  kind: "int" | "real",
  doc: string,
  { min = -Infinity, max = Infinity, ...rest }: NumberOptions,
): ParamSpec<number> => ({
  kind,
  doc,
  min,
  max,
  ...rest,
});

export const int = (doc: string, options: NumberOptions): ParamSpec<number> => number("int", doc, options);

export const real = (doc: string, options: NumberOptions): ParamSpec<number> => number("real", doc, options);

export const flag = (doc: string, options: { readonly default: boolean }): ParamSpec<boolean> => ({
  kind: "flag",
  doc,
  ...options,
});

export const choice = <const C extends string>(
  doc: string,
  choices: readonly C[],
  options: { readonly default: C },
): ParamSpec<C> => ({ kind: "choice", doc, choices, ...options });

/** @param of kind of entry that the spec names: "logit shaping" */
export const spec = (doc: string, of: string, options: { readonly default: string }): ParamSpec<string> => ({
  kind: "spec",
  of,
  doc,
  ...options,
});

/** Values that a parameter accepts, in words: `an integer >= 1`, `one of a, b`. */
export function allowedValues(spec: ParamSpecs[string]): string {
  switch (spec.kind) {
    case "flag":
      return "true or false";
    case "choice":
      return `one of ${spec.choices.join(", ")}`;
    case "spec":
      return `a ${spec.of}`;
    default: {
      const noun = spec.kind === "int" ? "an integer" : "a number";
      if (Number.isFinite(spec.min) && Number.isFinite(spec.max))
        return `${noun} in [${spec.min}, ${spec.max}]`;
      if (Number.isFinite(spec.min)) return `${noun} >= ${spec.min}`;
      return Number.isFinite(spec.max) ? `${noun} <= ${spec.max}` : noun;
    }
  }
}

/**
 * The given values, and the defaults of the others; a string is read as the kind of its parameter.
 *
 * @param owner entry that the parameters belong to, for error messages: `dsa`
 * @throws UsageError for an unknown name or a value out of range (name, got, allowed)
 */
export function resolveParams<S extends ParamSpecs>(
  owner: string,
  specs: S,
  given: Readonly<Record<string, unknown>> = {},
): Params<S> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      const known = Object.keys(specs).join(", ") || "none";
      throw new UsageError(
        `${owner} has no parameter "${name}"; known: ${known}${didYouMean(name, Object.keys(specs))}`,
      );
    }
  }
  const values: Record<string, number | boolean | string> = {};
  for (const name of Object.keys(specs)) {
    const value = given[name];
    values[name] = value === undefined ? specs[name]!.default : readValue(owner, name, specs[name]!, value);
  }
  return values as Params<S>;
}

function readValue(
  owner: string,
  name: string,
  spec: ParamSpecs[string],
  given: unknown,
): number | boolean | string {
  const refuse = (): never => {
    throw new UsageError(`${owner}: ${name} must be ${allowedValues(spec)}; got ${JSON.stringify(given)}`);
  };
  switch (spec.kind) {
    case "flag":
      if (given === true || given === "true") return true;
      return given === false || given === "false" ? false : refuse();
    case "choice":
      return typeof given === "string" && spec.choices.includes(given) ? given : refuse();
    case "spec":
      return typeof given === "string" && given !== "" ? given : refuse();
    default: {
      const value = typeof given === "string" ? decimal(given) : given;
      if (typeof value !== "number" || !Number.isFinite(value)) return refuse();
      if (spec.kind === "int" && !Number.isSafeInteger(value)) return refuse();
      return value >= spec.min && value <= spec.max ? value : refuse();
    }
  }
}
