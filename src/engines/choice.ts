/** Scores by which units of tokens were ranked, so that the best of them are read, or kept when others are evicted. */
export interface Choice {
  /** "read": anew for each query; "keep": once for a cache, which gives the others up */
  readonly kind: "read" | "keep";
  /** kv head; absent: all heads share the choice */
  readonly head?: number;
  /** row of the queries that the choice is for, of rows (Q G), or of (Q) where a group shares it; absent for "keep" */
  readonly row?: number;
  /** whether a query's group shares the choice: `row` counts queries */
  readonly grouped?: boolean;
  /** token at which unit 0 starts */
  readonly first: number;
  /** tokens of a unit: unit u is the tokens [first + u unit, first + (u + 1) unit) */
  readonly unit: number;
  /** score of each unit; NaN for one that was no candidate, Infinity for one that is always taken */
  readonly scores: Float64Array;
  /** units that are taken */
  readonly taken: number;
}
