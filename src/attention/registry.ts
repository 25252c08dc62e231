import { exportsOf, Registry } from "../core/entry.ts";
import * as all from "./all.ts";
import type { Placement } from "./placement.ts";
import * as allPlacements from "./placements/all.ts";
import type { LogitShaping } from "./shaping.ts";
import * as allShapings from "./shapings/all.ts";
import type { AnyVariant } from "./variant.ts";

/** Every attention variant, by name. To add one, write its file and add its line to all.ts. */
export const variants = new Registry<AnyVariant>("attention variant", exportsOf(all), [
  "prepare",
  "attend",
  "cost",
]);

/** Every logit shaping, by name. */
export const shapings = new Registry<LogitShaping>("logit shaping", exportsOf(allShapings), [
  "formula",
  "shape",
]);

/** Every placement of K and V, by name. */
export const placements = new Registry<Placement>("placement", exportsOf(allPlacements), ["place"]);
