import { placements, shapings, variants } from "./attention/registry.ts";
import type { Entry, Registry } from "./core/entry.ts";
import { unknownName } from "./core/errors.ts";
import { models } from "./hardware/models/all.ts";
import { systems } from "./hardware/systems/all.ts";
import { tasks } from "./tasks/spec.ts";

/** Every entry that can be named, by kind. */
export const catalog = { variants, shapings, placements, tasks, systems, models };

export type Kind = keyof typeof catalog;

export const kinds = Object.keys(catalog) as readonly Kind[];

/** The entries of a kind, for code that handles kinds alike. */
export const entriesOf = (kind: Kind): Registry<Entry> => catalog[kind];

/**
 * The kind of the entry that has this name.
 *
 * @throws UsageError naming every entry when there is none of that name
 */
export function kindOf(name: string): Kind {
  const found = kinds.find((kind) => entriesOf(kind).names().includes(name));
  return (
    found ??
    unknownName(
      "entry",
      name,
      kinds.flatMap((kind) => entriesOf(kind).names()),
    )
  );
}
