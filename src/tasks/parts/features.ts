/** Names of features, and their indices in the order in which the names come. */
export class Features {
  readonly names: string[] = [];
  readonly #index = new Map<string, number>();

  /** Index of a name; a new name gets the next one. */
  index(name: string): number {
    const known = this.#index.get(name) ?? this.names.push(name) - 1;
    this.#index.set(name, known);
    return known;
  }
}
