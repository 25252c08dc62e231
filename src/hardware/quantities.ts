import type { Quantity } from "../core/units.ts";

const isQuantity = (value: object): value is Quantity =>
  "value" in value && "unit" in value && "source" in value;

/** Every quantity of an entry, with its path: `gpu.hbm`. */
export function quantitiesOf(entry: object, path: readonly string[] = []): (readonly [string, Quantity])[] {
  return Object.entries(entry).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null) return [];
    const here = [...path, name];
    return isQuantity(value) ? [[here.join("."), value] as const] : quantitiesOf(value, here);
  });
}
