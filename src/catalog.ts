import { placements, shapings, variants } from "./attention/registry.ts";
import type { Entry, Registry } from "./core/entry.ts";
import { unknownName } from "./core/errors.ts";
import { models } from "./hardware/models/all.ts";
import { systems } from "./hardware/systems/all.ts";
import { geometries } from "./reader/geometry/geometry.ts";
import { tasks } from "./tasks/spec.ts";

/** Every entry that can be named, by kind. */
export const catalog = { variants, shapings, placements, geometries, tasks, systems, models };

export type Kind = keyof typeof catalog;

export const kinds = Object.keys(catalog) as readonly Kind[];

/** The entries of a kind, for code that handles kinds alike. */
export const entriesOf = (kind: Kind): Registry<Entry> => catalog[kind];

/**
 * The kinds that have an entry of this name. A model and its layer plan may share one, and several kinds have a `none`.
 *
 * @throws UsageError naming every entry when there is none of that name
 */
export function kindsOf(name: string): readonly Kind[] {
  const found = kinds.filter((kind) => entriesOf(kind).has(name));
  if (found.length > 0) return found;
  return unknownName("entry", name, [...new Set(kinds.flatMap((kind) => entriesOf(kind).names()))]);
}
