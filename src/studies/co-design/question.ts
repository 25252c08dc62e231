import type { Model } from "../../hardware/model.ts";
import type { System } from "../../hardware/system.ts";

/** A model on racks, and the attention variants that are compared there. */
export interface CoDesignQuestion {
  readonly model: Model;
  /** racks of the same number of GPUs; the first two are compared */
  readonly systems: readonly System[];
  readonly users: number;
  /** in the cache of each user */
  readonly tokens: number;
  /** variants whose accuracy and bytes are compared */
  readonly variants: readonly string[];
  /** tokens that every setting of the table of pieces reads */
  readonly read: number;
  /** tokens of a piece */
  readonly blocks: readonly number[];
  /** variants whose steps are compared on the racks */
  readonly onRacks: readonly string[];
  /** problems behind each score */
  readonly problems: number;
}

/** Dtypes of K and V and of the weights, in every table. */
export const kvDtype = "fp8";
export const weights = "nvfp4";
