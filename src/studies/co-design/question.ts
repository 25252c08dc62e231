import type { Model } from "../../hardware/model.ts";
import type { System } from "../../hardware/system.ts";

/** A model on racks, and the attention variants to compare. */
export interface CoDesignQuestion {
  readonly model: Model;
  /** racks of the same number of GPUs; the first two are compared */
  readonly systems: readonly System[];
  readonly users: number;
  /** in the cache of each user */
  readonly tokens: number;
  /** variants compared by accuracy and bytes */
  readonly variants: readonly string[];
  /** tokens that every row of the table of pieces reads */
  readonly read: number;
  /** tokens of a piece */
  readonly blocks: readonly number[];
  /** variants compared by their steps on the racks */
  readonly onRacks: readonly string[];
  /** problems behind each score */
  readonly problems: number;
}

/** Dtypes of K and V and of the weights, in every table. */
export const kvDtype = "fp8";
export const weights = "nvfp4";
