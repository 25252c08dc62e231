import type { AttentionResult } from "../attention/variant.ts";

/** What the reader's queries saw, added up over queries and query heads. */
export class Trace {
  queries = 0;
  #rows = 0;
  #goldRows = 0;
  #goldMass = 0;
  #recall = 0;
  #entropy = 0;
  #tokensRead = 0;

  /** @param gold for each query, the positions that it should read */
  add(result: AttentionResult, group: number, gold: readonly ArrayLike<number>[]): void {
    this.queries += gold.length;
    for (const head of result.heads) {
      gold.forEach((positions, i) => {
        for (let row = i * group; row < (i + 1) * group; row++) {
          this.#rows++;
          this.#entropy += head.entropy(row);
          this.#tokensRead += head.tokensRead(row);
          if (positions.length === 0) continue;
          this.#goldRows++;
          this.#goldMass += head.weights(row, positions).reduce((sum, weight) => sum + weight, 0);
          let read = 0;
          for (let p = 0; p < positions.length; p++) if (head.reads(row, positions[p]!)) read++;
          this.#recall += read / positions.length;
        }
      });
    }
  }

  /** Means over queries and query heads; gold ones over the queries that have something to find. */
  means(): {
    goldMass: number | null;
    recall: number | null;
    entropy: number | null;
    tokensRead: number;
    queries: number;
  } {
    return {
      goldMass: this.#goldRows ? this.#goldMass / this.#goldRows : null,
      recall: this.#goldRows ? this.#recall / this.#goldRows : null,
      entropy: Number.isNaN(this.#entropy) ? null : this.#entropy / this.#rows,
      tokensRead: this.#tokensRead / this.#rows,
      queries: this.queries,
    };
  }
}
