import { unknownName, UsageError } from "./errors.ts";

/** Source of a definition or a number. */
export interface Source {
  readonly title: string;
  readonly url: string;
  /** section, table or figure */
  readonly where?: string;
  /** true: quoted elsewhere or assumed, and not read at the source; marked in every table that uses it */
  readonly unread?: true;
}

/**
 * Anything with a name: an attention variant, a task, a system, a model. An entry is one file and one line in a list.
 */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly sources: readonly Source[];
  /** departures from its sources, a short sentence each; default: none */
  readonly differs?: readonly string[];
}

/** Entries by name, in the order in which they were registered. */
export class Registry<E extends Entry> implements Iterable<E> {
  readonly #entries: Map<string, E>;
  readonly #marks: readonly string[];

  /**
   * @param what kind of entry, for error messages: "system", "attention variant"
   * @param marks properties that every entry of this kind has, and no other entry
   */
  constructor(
    readonly what: string,
    entries: Iterable<E>,
    marks: readonly (keyof E & string)[] = [],
  ) {
    this.#marks = marks;
    this.#entries = new Map([...entries].map((entry) => [entry.name, entry]));
  }

  /** @throws UsageError that lists the known entries, for an unknown name */
  get(name: string): E {
    return this.#entries.get(name) ?? unknownName(this.what, name, this.names());
  }

  /** Whether a value is an entry of this kind, by its properties. */
  accepts(value: unknown): value is E {
    return (
      typeof value === "object" &&
      value !== null &&
      this.#marks.length > 0 &&
      ["name", "summary", "sources", ...this.#marks].every((property) => property in value)
    );
  }

  /** @throws UsageError for a name that is taken */
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

/** Exports of a module, sorted by name: a bundler that rewrites modules does not change their order. */
export const exportsOf = <T>(module: Readonly<Record<string, T>>): T[] =>
  Object.keys(module)
    .sort()
    .map((name) => module[name]!);
