import type { TrialRow } from "../../trial/columns.ts";

/** Trials in full numerics, at one length. */
export interface NumericsQuestion {
  readonly task: string;
  readonly variants: readonly string[];
  /** nominal length: "8K" */
  readonly tokens: string;
  readonly trials: number;
  readonly seed: number;
  /** reader parameters that differ from their defaults */
  readonly reader: Readonly<Record<string, number | string>>;
}

/** A message of the worker: a row as soon as it is finished, the end, or an error. */
export type NumericsMessage =
  | { readonly kind: "row"; readonly row: TrialRow }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly message: string };
