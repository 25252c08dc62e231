/** Names of features to their indices, in the order in which names come. */
export class Features {
  readonly names: string[] = [];
  readonly #index = new Map<string, number>();

  index(name: string): number {
    const known = this.#index.get(name) ?? this.names.push(name) - 1;
    this.#index.set(name, known);
    return known;
  }
}
