import type { TrialRow } from "../trial/columns.ts";

/** A figure kind: which rows it can show, and the Vega-Lite specification that shows them. One file each. */
export interface Figure {
  readonly name: string;
  readonly summary: string;
  /** whether these rows hold what it shows */
  readonly applies: (rows: readonly TrialRow[]) => boolean;
  /** @param title what stands above it: the question that the rows answer */
  readonly spec: (rows: readonly TrialRow[], title: string) => object;
}
