import { unknownName } from "./errors.ts";

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
  readonly #entries: ReadonlyMap<string, E>;

  /** @param what the kind of entry, as error messages name it: "system", "attention variant" */
  constructor(
    readonly what: string,
    entries: Iterable<E>,
  ) {
    this.#entries = new Map([...entries].map((entry) => [entry.name, entry]));
  }

  /** @throws UsageError naming the known entries when there is none of that name */
  get(name: string): E {
    return this.#entries.get(name) ?? unknownName(this.what, name, this.names());
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
