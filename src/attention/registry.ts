import { exportsOf, Registry } from "../core/entry.ts";
import * as all from "./all.ts";
import type { AnyVariant } from "./variant.ts";

/** Every attention variant, by name. To add one, write its file and add its line to all.ts. */
export const variants = new Registry<AnyVariant>("attention variant", exportsOf(all));
