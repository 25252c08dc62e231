import type { Source } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { from } from "../../core/units.ts";
import type { Quantity } from "../../core/units.ts";
import { isObject } from "./json.ts";
import type { JsonObject } from "./json.ts";

/** Reads the keys of a config.json; each number becomes a quantity whose source names its key. */
export class Keys {
  readonly #values: JsonObject;
  readonly #source: Source;
  readonly #path: string;

  /** @throws UsageError for a value that is not an object */
  constructor(values: unknown, source: Source, path = "") {
    if (!isObject(values))
      throw new UsageError(`${source.title}: ${path === "" ? "a model" : path} must be an object of keys`);
    this.#values = values;
    this.#source = source;
    this.#path = path;
  }

  /** True if the key exists and is not null. */
  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  /** True if the key exists and is none of the values that mean off: null, false, 0 and -1. */
  isOn(key: string): boolean {
    const value = this.#values[key];
    return this.has(key) && value !== false && value !== 0 && value !== -1;
  }

  isTrue(key: string): boolean {
    return this.#values[key] === true;
  }

  text(key: string): string {
    const value = this.#values[key];
    if (typeof value === "string") return value;
    throw this.#wrong(key, "a string");
  }

  nested(key: string): Keys {
    if (!this.has(key)) throw this.#wrong(key, "an object");
    return new Keys(this.#values[key], this.#source, this.#named(key));
  }

  /** One value for each layer. */
  list(key: string, length: number): readonly unknown[] {
    const value = this.#values[key];
    // values beyond the layers belong to multi-token prediction
    if (Array.isArray(value) && value.length >= length) return value.slice(0, length);
    throw this.#wrong(key, `a list of at least ${length} values, one for each layer`);
  }

  /** The numbers of a list of any length. */
  numbers(key: string): readonly number[] {
    const value = this.#values[key];
    if (Array.isArray(value) && value.every((each) => typeof each === "number")) return value;
    throw this.#wrong(key, "a list of numbers");
  }

  /** Value of the first of these keys that exists: an integer > 0. */
  count(...keys: readonly [string, ...string[]]): Quantity<"1"> {
    const key = keys.find((each) => this.has(each));
    if (key === undefined)
      throw new UsageError(
        `${this.#source.title} lacks "${this.#named(keys[0])}"${
          keys.length > 1
            ? ` (or ${keys
                .slice(1)
                .map((each) => `"${this.#named(each)}"`)
                .join(", ")})`
            : ""
        }`,
      );
    const value = this.#values[key];
    if (typeof value !== "number" || !Number.isInteger(value) || value <= 0)
      throw this.#wrong(key, "an integer > 0");
    return this.counted(value, this.#named(key));
  }

  /** An integer >= 0; 0 for a key that is missing or null. */
  number(key: string): number {
    if (!this.has(key)) return 0;
    const value = this.#values[key];
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    throw this.#wrong(key, "an integer >= 0");
  }

  /** As `count`, at most the value of another key. @throws UsageError naming both if it is more */
  atMost(most: string, ...keys: readonly [string, ...string[]]): Quantity<"1"> {
    const count = this.count(...keys);
    const limit = this.count(most).value;
    if (count.value > limit)
      throw new UsageError(
        `${this.#source.title}: "${count.source.where}" must be at most "${this.#named(most)}"; got ${count.value} and ${limit}`,
      );
    return count;
  }

  /** Value of one key over that of another. @throws UsageError naming both if it is no whole number */
  quotient(of: string, by: string, otherwise = ""): Quantity<"1"> {
    const [whole, parts] = [this.count(of).value, this.count(by).value];
    if (whole % parts !== 0)
      throw new UsageError(
        `${this.#source.title}: "${this.#named(of)}" must be a multiple of "${this.#named(by)}"${otherwise}; got ${whole} and ${parts}`,
      );
    return this.counted(whole / parts, `${of} / ${by}`);
  }

  /** A number that is computed from keys. */
  counted(value: number, where: string, note?: string): Quantity<"1"> {
    return from(this.#source)(value, "1", { where, ...(note !== undefined && { note }) });
  }

  #named(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #wrong(key: string, expected: string): UsageError {
    return new UsageError(
      this.has(key)
        ? `${this.#source.title}: "${this.#named(key)}" must be ${expected}; got ${JSON.stringify(this.#values[key])}`
        : `${this.#source.title} lacks "${this.#named(key)}" (${expected})`,
    );
  }
}
