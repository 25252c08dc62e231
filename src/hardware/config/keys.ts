import type { Source } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { from } from "../../core/units.ts";
import type { Quantity } from "../../core/units.ts";
import { isObject, shownValue } from "../../core/json.ts";
import type { JsonObject } from "../../core/json.ts";

/** Names that a family gives keys, by the usual name: the first that the file has. `attn_config.kv_n_heads` lies in an object. */
export type KeyNames = Readonly<Record<string, string | readonly string[]>>;

/** How the keys of a family are read. */
export interface KeyReading {
  /** values of keys that a file leaves out */
  readonly defaults?: JsonObject;
  /** origin of the defaults, for the notes of quantities */
  readonly origin?: string;
  /** other names of keys, by the usual name */
  readonly names?: KeyNames;
}

/** Largest counts that are read, by the keys that they stand under: ten times those of published models, and more. */
const largest: readonly (readonly [keys: RegExp, most: number])[] = [
  [/experts/, 10_000],
  [/heads/, 10_000],
  [/head_dim|_rank$/, 100_000],
  [/hidden_size|d_model|n_embd/, 1_000_000],
  [/intermediate|n_inner|ffn/, 100_000_000],
  [/./, 2 ** 31],
];

/** Objects of a file that were read, by path, and the keys that were asked for. */
interface SeenKeys {
  readonly asked: Set<string>;
  readonly objects: Map<string, JsonObject>;
}

const nothingSeen = (): SeenKeys => ({ asked: new Set(), objects: new Map() });

/** How keys are read, and what of the file was read before. */
interface Context {
  readonly reading?: KeyReading;
  readonly seen?: SeenKeys;
}

/** Reads the keys of a config.json; each number becomes a quantity whose source names its key. */
export class Keys {
  readonly #values: JsonObject;
  readonly #source: Source;
  readonly #path: string;
  readonly #reading: KeyReading;
  readonly #seen: SeenKeys;

  /** @throws UsageError for a value that is not an object */
  constructor(
    values: unknown,
    source: Source,
    path = "",
    { reading = {}, seen = nothingSeen() }: Context = {},
  ) {
    if (!isObject(values))
      throw new UsageError(`${source.title}: ${path === "" ? "a model" : path} must be an object of keys`);
    this.#values = values;
    this.#source = source;
    this.#path = path;
    this.#reading = reading;
    this.#seen = seen;
    seen.objects.set(path, values);
  }

  /** The same keys, read as those of a family. */
  as(reading: KeyReading): Keys {
    return new Keys(this.#values, this.#source, this.#path, { reading, seen: this.#seen });
  }

  /** True if the key exists and is not null. */
  has(key: string): boolean {
    const value = this.#value(key);
    return value !== undefined && value !== null;
  }

  /** True if the file itself has the key, even as null. */
  isWritten(key: string): boolean {
    return this.#at(this.#own(key)) !== undefined;
  }

  /** True if one of these keys has a list, in the file or by default. The keys do not count as asked for. */
  hasList(keys: readonly string[]): boolean {
    return keys.some((key) => Array.isArray(this.#at(this.#own(key)) ?? this.#reading.defaults?.[key]));
  }

  /** True if the key exists and is none of the values that mean off: null, false, 0, -1 and empty lists and objects. */
  isOn(key: string): boolean {
    const value = this.#value(key);
    if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
    return this.has(key) && value !== false && value !== 0 && value !== -1;
  }

  isTrue(key: string): boolean {
    return this.#value(key) === true;
  }

  isList(key: string): boolean {
    return Array.isArray(this.#value(key));
  }

  isText(key: string): boolean {
    return typeof this.#value(key) === "string";
  }

  text(key: string): string {
    const value = this.#value(key);
    if (typeof value === "string") return value;
    throw this.wrong(key, "a string");
  }

  nested(key: string, reading: KeyReading = {}): Keys {
    if (!this.has(key)) throw this.wrong(key, "an object");
    return new Keys(this.#value(key), this.#source, this.#named(key), { reading, seen: this.#seen });
  }

  /** Objects of a list, one for each layer. */
  nestedList(key: string, length: number): Keys[] {
    return this.list(key, length).map(
      (value, i) => new Keys(value, this.#source, `${this.#named(key)}.${i}`, { seen: this.#seen }),
    );
  }

  /** One value for each layer. */
  list(key: string, length: number): readonly unknown[] {
    const value = this.#value(key);
    // values beyond the layers belong to multi-token prediction
    if (Array.isArray(value) && value.length >= length) return value.slice(0, length);
    throw this.wrong(key, `a list of at least ${length} values, one for each layer`);
  }

  /** One text for each layer. */
  texts(key: string, length: number): readonly string[] {
    const values = this.list(key, length);
    if (values.every((value) => typeof value === "string")) return values;
    throw this.wrong(key, "a list of texts, one for each layer");
  }

  /** All values of a list. */
  all(key: string): readonly unknown[] {
    const value = this.#value(key);
    if (Array.isArray(value)) return value;
    throw this.wrong(key, "a list");
  }

  /** The counts of a list of any length. */
  counts(key: string): readonly number[] {
    const value = this.#value(key);
    if (!Array.isArray(value) || !value.every((each) => Number.isSafeInteger(each) && each >= 0))
      throw this.wrong(key, "a list of integers >= 0");
    for (const each of value as number[]) this.#refuseBeyond(key, each);
    return value as number[];
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
    return this.#counted(key, this.#value(key));
  }

  /** As `count`, of a key that may have a value for each layer. */
  countAt(layer: number, layers: number, ...keys: readonly [string, ...string[]]): Quantity<"1"> {
    const key = keys.find((each) => this.has(each));
    if (key === undefined || !this.isList(key)) return this.count(...keys);
    return this.#counted(key, this.list(key, layers)[layer]);
  }

  #counted(key: string, value: unknown): Quantity<"1"> {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0)
      throw this.wrong(key, "an integer > 0");
    this.#refuseBeyond(key, value);
    const { origin } = this.#reading;
    return this.isWritten(key) || origin === undefined
      ? this.counted(value, this.#named(key))
      : this.counted(value, this.#named(key), `not in the file: the default of ${origin}`);
  }

  /** An integer >= 0; 0 for a key that is missing or null. */
  number(key: string): number {
    if (!this.has(key)) return 0;
    const value = this.#value(key);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw this.wrong(key, "an integer >= 0");
    this.#refuseBeyond(key, value);
    return value;
  }

  /** @throws UsageError for a count that no model has */
  #refuseBeyond(key: string, value: number): void {
    const [, most] = largest.find(([keys]) => keys.test(key))!;
    if (value > most) throw this.wrong(key, `at most ${most}`);
  }

  /** An integer of any sign. */
  integer(key: string): number {
    const value = this.#value(key);
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.wrong(key, "an integer");
  }

  /** A number > 0. */
  real(key: string, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
    throw this.wrong(key, "a number > 0");
  }

  /** As `count`, at most the value of another key. @throws UsageError naming both if it is more */
  atMost(most: string, ...keys: readonly [string, ...string[]]): Quantity<"1"> {
    return this.#limited(this.count(...keys), most, this.count(most).value);
  }

  /** As `atMost`, of keys that may have a value for each layer. */
  atMostAt(
    layer: number,
    layers: number,
    most: string,
    ...keys: readonly [string, ...string[]]
  ): Quantity<"1"> {
    return this.#limited(this.countAt(layer, layers, ...keys), most, this.countAt(layer, layers, most).value);
  }

  #limited(count: Quantity<"1">, most: string, limit: number): Quantity<"1"> {
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

  /** Keys of all objects read so far, beneath this one too, that nothing has asked for; null, false and 0 say nothing. */
  unasked(): string[] {
    const { asked, objects } = this.#seen;
    return [...objects].flatMap(([path, values]) =>
      Object.entries(values).flatMap(([key, value]) => {
        const name = path === "" ? key : `${path}.${key}`;
        return value === null || value === false || value === 0 || asked.has(name) ? [] : [name];
      }),
    );
  }

  /** True if an object of the file has a key. @param path from the outermost object */
  isInFile(path: string): boolean {
    const at = path.lastIndexOf(".");
    return this.#seen.objects.get(at < 0 ? "" : path.slice(0, at))?.[path.slice(at + 1)] !== undefined;
  }

  wrong(key: string, expected: string): UsageError {
    return new UsageError(
      this.has(key)
        ? `${this.#source.title}: "${this.#named(key)}" must be ${expected}; got ${shownValue(this.#value(key))}`
        : `${this.#source.title} lacks "${this.#named(key)}" (${expected})`,
    );
  }

  /** Value of a key in the file, or its default. */
  #value(key: string): unknown {
    const own = this.#own(key);
    this.#seen.asked.add(this.#named(key));
    const value = this.#at(own);
    return value === undefined ? this.#reading.defaults?.[key] : value;
  }

  /** Name of a key in the file. */
  #own(key: string): string {
    const others = [this.#reading.names?.[key] ?? []].flat();
    if (this.#values[key] !== undefined || others.length === 0) return key;
    return others.find((other) => this.#at(other) !== undefined) ?? others[0]!;
  }

  /** Value at a path of keys, each in the object before it. */
  #at(path: string): unknown {
    const [outer, ...rest] = path.split(".") as [string, ...string[]];
    return rest.reduce<{ readonly value: unknown; readonly path: string }>(
      (at, key) => {
        if (!isObject(at.value)) return { value: undefined, path };
        this.#seen.asked.add(this.#under(at.path));
        this.#seen.objects.set(this.#under(at.path), at.value);
        return { value: at.value[key], path: `${at.path}.${key}` };
      },
      { value: this.#values[outer], path: outer },
    ).value;
  }

  #named(key: string): string {
    return this.#under(this.#own(key));
  }

  /** Path of a key from the outermost object. */
  #under(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }
}
