import type { Quantity } from "../core/units.ts";

const isQuantity = (value: object): value is Quantity =>
  "value" in value && "unit" in value && "source" in value;

/** Numbers that no time and no memory is computed from. */
const uncounted = /^published\.|^gpu\.(hbmMarketed|power)$/;

/** Numbers behind times and memory that were not read at their source: their paths, and those of all others. */
export function unreadOf(entry: object): {
  readonly unread: readonly string[];
  readonly read: readonly string[];
} {
  const counted = quantitiesOf(entry).filter(([path]) => !uncounted.test(path));
  const paths = (isUnread: boolean): string[] =>
    counted.filter(([, { source }]) => (source.unread === true) === isUnread).map(([path]) => path);
  return { unread: paths(true), read: paths(false) };
}

/** Every quantity of an entry, with its path: `gpu.hbm`. */
export function quantitiesOf(entry: object, path: readonly string[] = []): (readonly [string, Quantity])[] {
  return Object.entries(entry).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null) return [];
    const here = [...path, name];
    return isQuantity(value) ? [[here.join("."), value] as const] : quantitiesOf(value, here);
  });
}
