import type { TrialRow } from "../../trial/columns.ts";
import type { ShownTable } from "../questions.ts";

/** Trials in full numerics, at one length. */
export interface NumericsQuestion {
  readonly kind: "trials";
  readonly task: string;
  readonly variants: readonly string[];
  /** nominal length: "8K" */
  readonly tokens: string;
  readonly trials: number;
  readonly seed: number;
  /** reader parameters that differ from their defaults */
  readonly reader: Readonly<Record<string, number | string>>;
}

/** One trial whose reads are shown, for each variant. */
export interface ReadsQuestion extends Omit<NumericsQuestion, "kind" | "trials"> {
  readonly kind: "reads";
  /** number of the problem, from 0 */
  readonly trial: number;
  /** most queries to show */
  readonly queries: number;
}

/** A token of a prompt as a query read it. */
export interface ReadToken {
  readonly text: string;
  /** whether a head read it */
  readonly read: boolean;
  readonly weight: number;
  readonly gold: boolean;
}

/** The text around a token that a query should read. */
export interface GoldText {
  /** number of the query, from 1, and what it asks for */
  readonly query: string;
  readonly tokens: readonly ReadToken[];
}

/** The reads of one variant. */
export interface ShownReads {
  readonly variant: string;
  /** Vega-Lite specification of the picture */
  readonly spec: object;
  /** queries with recall, gold mass and the reason why they found or missed what they should read */
  readonly table: ShownTable;
  readonly texts: readonly GoldText[];
}

/** A message of the worker: a row or a variant's reads as soon as they are finished, the end, or an error. */
export type NumericsMessage =
  | { readonly kind: "row"; readonly row: TrialRow }
  | { readonly kind: "reads"; readonly reads: ShownReads }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly message: string };
