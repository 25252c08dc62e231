import { unknownName, UsageError } from "./errors.ts";

/** Where a definition or a number comes from. */
export interface Source {
  readonly title: string;
  readonly url: string;
  /** section, table or figure */
  readonly where?: string;
}

/** Anything nameable: an attention variant, a task, a system, a model. One entry, one file, one line to register. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly sources: readonly Source[];
}

/** Entries by name, in the order in which they were registered. */
export class Registry<E extends Entry> implements Iterable<E> {
  readonly #entries: Map<string, E>;
  readonly #marks: readonly string[];

  /**
   * @param what the kind of entry, as error messages name it: "system", "attention variant"
   * @param marks properties that only entries of this kind have, all of them
   */
  constructor(
    readonly what: string,
    entries: Iterable<E>,
    marks: readonly (keyof E & string)[] = [],
  ) {
    this.#marks = marks;
    this.#entries = new Map([...entries].map((entry) => [entry.name, entry]));
  }

  /** @throws UsageError naming the known entries when there is none of that name */
  get(name: string): E {
    return this.#entries.get(name) ?? unknownName(this.what, name, this.names());
  }

  /** Whether this is an entry of this kind, by its properties. */
  accepts(value: unknown): value is E {
    return (
      typeof value === "object" &&
      value !== null &&
      this.#marks.length > 0 &&
      ["name", "summary", "sources", ...this.#marks].every((property) => property in value)
    );
  }

  /** @throws UsageError where there is an entry of that name already */
  add(entry: E): void {
    if (this.has(entry.name)) throw new UsageError(`${this.what} "${entry.name}" is there already`);
    this.#entries.set(entry.name, entry);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  [Symbol.iterator](): Iterator<E> {
    return this.#entries.values();
  }
}

/** The exports of a module in the order of their names, which is also their order where a bundler rewrites modules. */
export const exportsOf = <T>(module: Readonly<Record<string, T>>): T[] =>
  Object.keys(module)
    .sort()
    .map((name) => module[name]!);
