import type { Seen } from "../reading.ts";
import type { BatchLook, ReadWatch } from "./watch.ts";

/** Sums of what the reader's queries saw, over queries and query heads. */
export class Trace {
  #queries = 0;
  #rows = 0;
  #goldRows = 0;
  #goldMass = 0;
  #recall = 0;
  #entropy = 0;
  #tokensRead = 0;

  /** Is told each look before it is added. */
  readonly #see: ReadWatch["saw"] | undefined;

  constructor({ watch }: { readonly watch?: ReadWatch } = {}) {
    this.#see = watch && ((look) => watch.saw(look));
  }

  /** Adds the queries of a batch. */
  add(look: BatchLook): void {
    this.#see?.(look);
    const { result, gold, times = 1 } = look;
    const { group } = look.queries;
    this.#queries += times * gold.length;
    for (const head of result.heads) {
      gold.forEach((positions, i) => {
        if (positions === undefined) return;
        for (let row = i * group; row < (i + 1) * group; row++) {
          this.#rows += times;
          this.#entropy += times * head.entropy(row);
          this.#tokensRead += times * head.tokensRead(row);
          if (positions.length === 0) continue;
          this.#goldRows += times;
          this.#goldMass += times * head.weights(row, positions).reduce((sum, weight) => sum + weight, 0);
          let read = 0;
          for (let p = 0; p < positions.length; p++) if (head.reads(row, positions[p]!)) read++;
          this.#recall += (times * read) / positions.length;
        }
      });
    }
  }

  /** Means over queries and query heads; gold mass and recall over the queries that have something to find. */
  means(): Seen {
    return {
      goldMass: this.#goldRows ? this.#goldMass / this.#goldRows : null,
      recall: this.#goldRows ? this.#recall / this.#goldRows : null,
      entropy: Number.isNaN(this.#entropy) || this.#rows === 0 ? null : this.#entropy / this.#rows,
      tokensRead: this.#rows ? this.#tokensRead / this.#rows : 0,
      queries: this.#queries,
    };
  }
}
